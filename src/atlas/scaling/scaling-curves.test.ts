import { describe, expect, test } from "vitest";
import { resultOf } from "../../../tests/support/result-rows.ts";
import type { ResultRow } from "../../schema/atlas/results/result-row.ts";
import { scalingCurves } from "./scaling-curves.ts";

const row = (acceleratorCount: number, fields: Partial<ResultRow> = {}): ResultRow => {
  const scoreMs = 8_000_000 / acceleratorCount;
  return resultOf({ acceleratorCount, scoreMs, unscaledMs: scoreMs, ...fields });
};
function reported(rows: readonly ResultRow[]) {
  const outcome = scalingCurves(rows);
  if (outcome.kind !== "curves") throw new Error(outcome.kind);
  return outcome.report;
}

describe("scalingCurves", () => {
  test("never joins accelerators or submitters in one curve", () => {
    const other = { accelerator: "b200-sxm" };
    const { accelerator, submitters, points, otherCurves } = reported([
      row(8),
      row(16, other),
      row(32, other),
      row(64, other),
      row(16),
      row(8, { submitter: "Other" }),
      row(16, { submitter: "Other" }),
    ]);
    expect([accelerator, submitters, points.length]).toEqual(["b200-sxm", ["Acme"], 3]);
    expect(otherCurves.map((curve) => [curve.accelerator, curve.submitters])).toEqual([
      ["h100-sxm", ["Acme"]],
      ["h100-sxm", ["Other"]],
    ]);
  });

  test("counts a joint submission to the partner with the most results", () => {
    const { submitters, otherCurves } = reported([
      row(8),
      row(16),
      row(32, { submitter: "Cloud+Acme" }),
    ]);
    expect([submitters, otherCurves]).toEqual([["Acme", "Cloud+Acme"], []]);
  });

  test("lists what has a single size, and counts weak scaling", () => {
    const single = row(4, { submitter: "Other" });
    expect(reported([row(8), row(16), single, row(99, { scaling: "weak" })])).toMatchObject({
      singleSizes: [{ accelerator: "h100-sxm", submitter: "Other", acceleratorCount: 4 }],
      weakCount: 1,
    });
    expect(scalingCurves([single, row(8)])).toMatchObject({
      kind: "too-few-sizes",
      singleSizes: [{ submitter: "Other" }, { submitter: "Acme" }],
    });
  });
});
