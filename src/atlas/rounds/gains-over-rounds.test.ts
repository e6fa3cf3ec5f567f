import { describe, expect, test } from "vitest";
import { resultOf, someGroups } from "../../../tests/support/result-rows.ts";
import type { ResultRow } from "../../schema/atlas/results/result-row.ts";
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
    expect(found.withinLastGroup).toEqual({
      from: "v1.0",
      gain: 4,
      best: { round: "v10.0", gain: 4 },
    });
  });

  test("reports the best round if a later one is slower, with the dates of that round", () => {
    const slower = resultOf({
      round: "v11.0",
      scoreMs: 2,
      compatibilityGroup: 2,
      publishedOn: "2026-01-01",
    });
    const found = gains("system", [...rows, slower]);
    expect(found).toMatchObject({
      totalGain: 4,
      days: 2192,
      best: { round: "v10.0", gain: 8, days: 1461 },
      withinLastGroup: { from: "v1.0", gain: 2, best: { round: "v10.0", gain: 4 } },
    });
    expect(found.steps.map(({ bestGain }) => bestGain)).toEqual([1, 2, 8, 8]);
  });

  test("names the earliest of equal bests", () => {
    const again = resultOf({ round: "v11.0", scoreMs: 1, publishedOn: "2026-01-01" });
    expect(gains("system", [...rows, again]).best.round).toBe("v10.0");
  });

  test("recognizes unchanged hardware, and counts weak scaling that is left out", () => {
    const same = rows.filter(({ acceleratorCount }) => acceleratorCount === 8);
    expect(gains("system").isSameHardware).toBe(false);
    expect(gains("system", same)).toMatchObject({ isSameHardware: true, weakCount: 1 });
  });

  test("reports a result that cannot be so good per chip instead of using it", () => {
    const wrong = resultOf({
      round: "v10.0",
      system: "wrong",
      compatibilityGroup: 2,
      scoreMs: 0.05,
    });
    const right = Object.assign({}, wrong, { system: "right", scoreMs: 0.5 });
    const found = gains("chip", [...rows, wrong, right]);
    expect(found.implausible).toEqual([
      { rowId: wrong.rowId, gainOverPrevious: expect.closeTo(12.5, 9) },
    ]);
    expect(found.steps.at(-1)?.row.system).toBe("right");
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
