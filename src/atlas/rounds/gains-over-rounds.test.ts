import { describe, expect, test } from "vitest";
import { resultOf, someGroups } from "../../../tests/support/result-rows.ts";
import type { ResultRow } from "../../schema/atlas/result-row.ts";
import { gainsOverRounds } from "./gains-over-rounds.ts";

const rows = [
  resultOf({
    round: "v10.0",
    scoreMs: 1,
    acceleratorCount: 100,
    compatibilityGroup: 2,
    publishedOn: "2024-01-01",
  }),
  resultOf({ round: "v0.7", scoreMs: 8, acceleratorCount: 8, publishedOn: "2020-01-01" }),
  resultOf({
    round: "v1.0",
    scoreMs: 4,
    acceleratorCount: 8,
    compatibilityGroup: 2,
    publishedOn: "2022-01-01",
  }),
  resultOf({
    round: "v1.0",
    scoreMs: 5,
    acceleratorCount: 1,
    compatibilityGroup: 2,
    system: "small",
  }),
  resultOf({ round: "v1.0", scoreMs: 0.1, scaling: "weak", system: "many" }),
  resultOf({ round: "v2.0", scoreMs: undefined }),
];
function gains(per: "system" | "chip", some: readonly ResultRow[] = rows) {
  const outcome = gainsOverRounds(some, someGroups, per);
  if (outcome.kind !== "gains") throw new Error(outcome.kind);
  return outcome.gains;
}

describe("gainsOverRounds", () => {
  test("compares the best result of each round with the first round, in round order", () => {
    const { steps, totalGain } = gains("system");
    expect(
      steps.map(({ round, value, gainOverFirst, gainOverPrevious }) => [
        round,
        value,
        gainOverFirst,
        gainOverPrevious,
      ]),
    ).toEqual([
      ["v0.7", 8, 1, 1],
      ["v1.0", 4, 2, 2],
      ["v10.0", 1, 8, 4],
    ]);
    expect(totalGain).toBe(8);
  });

  test("uses accelerator time for gains per chip", () => {
    expect(gains("chip").steps.map(({ row, value }) => [row.system, value])).toEqual([
      ["node", 64],
      ["small", 5],
      ["node", 100],
    ]);
  });

  test("computes Moore's law as a doubling in 24 months", () => {
    const { mooreGain, days, doublingMonths } = gains("system");
    expect(days).toBe(1461);
    expect(mooreGain).toBeCloseTo(4, 2);
    expect(doublingMonths).toBeCloseTo(16, 1);
  });

  test("marks rule changes and reports the gain since the last one", () => {
    const found = gains("system");
    expect(found.isComparable).toBe(false);
    expect(found.steps.map(({ change }) => change.kind)).toEqual(["none", "group", "none"]);
    expect(found.steps[1]?.change).toMatchObject({
      from: 1,
      to: 2,
      reason: "since v1.0: higher target",
    });
    expect(found.withinLastGroup).toEqual({ from: "v1.0", gain: 4 });
  });

  test("omits Moore's law if rounds have no dates", () => {
    const some = rows.map((row) => Object.assign({}, row, { publishedOn: undefined }));
    expect(gains("system", some)).toMatchObject({
      days: undefined,
      mooreGain: undefined,
      doublingMonths: undefined,
    });
  });

  test("lists the available rounds if there is only one", () => {
    expect(gainsOverRounds(rows.slice(0, 1), someGroups)).toEqual({
      kind: "too-few-rounds",
      rounds: ["v10.0"],
    });
  });
});
