import { describe, expect, test } from "vitest";
import { evaluatePublished, predictRound } from "../src/planner/published/evaluate-published.ts";
import { readAccelerators } from "../src/store/catalogue/catalogue.ts";
import { readPublishedModel } from "../src/store/catalogue/read-plan-tables.ts";
import { readResultRows } from "../src/store/results/read-results.ts";

const [{ rows }, accelerators, model] = await Promise.all([
  readResultRows(),
  readAccelerators(),
  readPublishedModel(),
]);
const sources = { rows, accelerators: new Map(accelerators.map((one) => [one.name, one])), model };

describe("times to train, predicted from earlier rounds only", () => {
  test("have a median error of at most 15 % in v6.0, which no constant was fitted on", () => {
    const [round] = evaluatePublished(["v6.0"], sources);
    expect(round?.isHeldOut).toBe(true);
    expect(round?.pointCount).toBeGreaterThan(150);
    expect(round?.medianError).toBeLessThan(0.15);
    expect(round?.medianError).toBeLessThan(round?.plainMedianError ?? 0);
  });

  test("have a median error of at most 15 % in the rounds from v3.0 to v5.1", () => {
    const evaluated = evaluatePublished(["v3.0", "v3.1", "v4.0", "v4.1", "v5.0", "v5.1"], sources);
    expect(evaluated).toHaveLength(6);
    for (const { medianError, round } of evaluated) expect(medianError, round).toBeLessThan(0.15);
  });

  test("have 75 to 88 % of v6.0 inside their 80 % interval", () => {
    const [round] = evaluatePublished(["v6.0"], sources);
    expect(round?.insideFraction).toBeGreaterThan(0.75);
    expect(round?.insideFraction).toBeLessThan(0.88);
  });

  test("do not use results of the round itself", () => {
    const later = rows.filter(({ round }) => round !== "v6.0");
    const own = rows.filter(({ round }) => round === "v6.0").slice(0, 1);
    const alone = predictRound("v6.0", { ...sources, rows: [...later, ...own] });
    const all = predictRound("v6.0", sources).filter(({ row }) => row.rowId === own[0]?.rowId);
    expect(all).toEqual(alone);
  });
});
