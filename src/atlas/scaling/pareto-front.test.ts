import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { h100Rod, resultOf } from "../../../tests/support/result-rows.ts";
import type { MeasuredRow } from "../../schema/atlas/answers/figures.ts";
import { measureRow, valueOf } from "../rows/measures.ts";
import { paretoFront } from "./pareto-front.ts";

const row = (minutes: number, usd: number, joules: number): MeasuredRow =>
  measureRow(
    resultOf({
      system: `${minutes}/${usd}/${joules}`,
      scoreMs: minutes * 60_000,
      statedCostUsd: usd,
      energyJoules: joules,
    }),
    h100Rod,
  );
const names = (rows: readonly { measured: MeasuredRow }[]): string[] =>
  rows.map(({ measured }) => measured.row.system);

describe("paretoFront", () => {
  test("keeps the Pareto-optimal results, with the measures in which each is best", () => {
    const { members, candidateCount } = paretoFront(
      [row(1, 9, 9), row(5, 5, 5), row(6, 6, 6), row(9, 1, 1)],
      ["system", "dollar", "kwh"],
    );
    expect(names(members)).toEqual(["1/9/9", "5/5/5", "9/1/1"]);
    expect(members.map(({ wins }) => wins)).toEqual([["system"], [], ["dollar", "kwh"]]);
    expect(members[1]?.tradeOff).toEqual({ best: "system", within: "dollar" });
    expect(candidateCount).toBe(4);
  });

  test("does not rank measured against estimated energy", () => {
    const measured = resultOf({ system: "measured", energyJoules: 9e9, energyLabel: "measured" });
    const rows = [measured, resultOf({ system: "estimated", scoreMs: 1 })];
    const { members, mixedLabels } = paretoFront(
      rows.map((one) => measureRow(one, h100Rod)),
      ["system", "kwh"],
    );
    expect(members.map((member) => [member.measured.row.system, member.wins])).toEqual([
      ["estimated", ["system", "kwh"]],
      ["measured", ["kwh"]],
    ]);
    expect(mixedLabels).toEqual([
      {
        measure: "kwh",
        labels: [
          { label: "measured", count: 1 },
          { label: "estimated", count: 1 },
        ],
      },
    ]);
  });

  test("does not rank weak against strong scaling", () => {
    const weak = resultOf({ system: "weak", scaling: "weak", modelCount: 100, scoreMs: 6e6 });
    const front = paretoFront(
      [weak, resultOf({ system: "strong" })].map((one) => measureRow(one, h100Rod)),
      ["system", "chip"],
    );
    expect(front.members.map(({ wins }) => wins)).toEqual([
      ["system", "chip"],
      ["system", "chip"],
    ]);
  });

  test("keeps equal results", () => {
    expect(paretoFront([row(1, 1, 1), row(1, 1, 1)], ["system", "dollar"]).members).toHaveLength(2);
  });

  test("counts results without a figure by reason", () => {
    const unpriced = measureRow(resultOf({ accelerator: "ipu" }), h100Rod);
    const unscored = measureRow(resultOf({ scoreMs: undefined }), h100Rod);
    const front = paretoFront([row(1, 1, 1), unpriced, unpriced, unscored], ["system", "dollar"]);
    expect(names(front.members)).toEqual(["1/1/1"]);
    expect(front.leftOut).toEqual([
      { measure: "dollar", reason: "no-price", count: 2, accelerators: ["ipu"] },
      { measure: "system", reason: "no-score", count: 1, accelerators: ["h100-sxm"] },
    ]);
  });

  test("is empty if no result has all figures", () => {
    expect(paretoFront([], ["system", "dollar"])).toMatchObject({ members: [], candidateCount: 0 });
  });

  test("contains exactly the results that no other result dominates", () => {
    const amount = fc.integer({ min: 1, max: 6 });
    const some = fc.array(
      fc.tuple(amount, amount, amount).map((figures) => row(...figures)),
      { maxLength: 12 },
    );
    const objectives = ["system", "dollar", "kwh"] as const;
    fc.assert(
      fc.property(some, (rows) => {
        const values = (one: MeasuredRow): number[] =>
          objectives.map((measure) => valueOf(one.figures, measure) ?? 0);
        const beats = (a: MeasuredRow, b: MeasuredRow): boolean =>
          values(a).every((value, at) => value <= (values(b)[at] ?? 0)) &&
          values(a).some((value, at) => value < (values(b)[at] ?? 0));
        const front = new Set(
          paretoFront(rows, objectives).members.map(({ measured }) => measured),
        );
        for (const one of rows)
          expect(front.has(one)).toBe(!rows.some((other) => beats(other, one)));
      }),
    );
  });
});
