import { describe, expect, test } from "vitest";
import { gainsOverRounds } from "../../../src/atlas/rounds/gains-over-rounds.ts";
import type { Gains } from "../../../src/schema/atlas/answers/gains.ts";
import { measured } from "../../views/atlas/sample-results.ts";
import { gainsChart, gainsCsv } from "./gains-chart.ts";

const [first, second] = ["2020-07-29", "2022-07-29"];

function gains(per: Gains["per"], days: readonly (string | undefined)[] = [first, second]): Gains {
  const rows = [
    measured("A", { round: "v0.7", publishedOn: days[0], compatibilityGroup: 1 }),
    measured("B, Inc", {
      round: "v2.0",
      publishedOn: days[1],
      scoreMs: 150_000,
      acceleratorCount: 16,
    }),
  ].map(({ row }) => row);
  const outcome = gainsOverRounds(rows, [], per);
  if (outcome.kind !== "gains") throw new Error("two rounds make a gain");
  return outcome.gains;
}

describe("gainsChart", () => {
  test("has lines for systems, for chips, and for Moore's law over the same dates", () => {
    const chart = gainsChart([gains("system"), gains("chip")]);
    expect(chart?.lines.map(({ per, points }) => [per, points.map(({ gain }) => gain)])).toEqual([
      ["system", [1, 4]],
      ["chip", [1, 2]],
    ]);
    expect(chart?.moore.map(({ timeMs }) => timeMs)).toEqual([first, second].map(Date.parse));
    expect(chart?.moore[1]?.gain).toBeCloseTo(2, 2);
    expect(chart?.lines[0]?.points[1]?.change).toBe("the rules changed");
  });

  test("is undefined without publication dates", () => {
    expect(gainsChart([gains("system", [undefined, second])])).toBeUndefined();
    expect(gainsChart([])).toBeUndefined();
  });

  test("writes every step to the CSV and quotes fields that need it", () => {
    const lines = gainsCsv([gains("system")])
      .trim()
      .split("\n");
    expect(lines).toHaveLength(3);
    expect(lines[2]).toMatch(
      /^system,v2\.0,2022-07-29,"mlperf-training\/v2\.0\/B, Inc\/bert",150000,score,4,/u,
    );
  });
});
