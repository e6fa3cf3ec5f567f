import { describe, expect, test } from "vitest";
import { h100Rod, resultOf } from "../../../tests/support/result-rows.ts";
import type { ResultRow } from "../../schema/atlas/results/result-row.ts";
import { measureRow } from "../rows/measures.ts";
import { breakEvenOf } from "./break-even.ts";

const measured = (fields: Partial<ResultRow>) => measureRow(resultOf(fields), h100Rod);

describe("breakEvenOf", () => {
  const h100 = measured({});
  const other = measured({ accelerator: "b200", scoreMs: 300_000, acceleratorCount: 4 });

  test("is the price at which half the time on half the accelerators costs the same", () => {
    expect(breakEvenOf(h100, other)).toEqual({
      fromAccelerator: "h100-sxm",
      toAccelerator: "b200",
      priceRatio: 4,
      equalPrices: { pricedSide: "from", fromUsdPerHour: 3, toUsdPerHour: 12 },
    });
  });

  test("is computed from the other price if only that is known", () => {
    expect(breakEvenOf(other, h100)?.equalPrices).toEqual({
      pricedSide: "to",
      fromUsdPerHour: 12,
      toUsdPerHour: 3,
    });
  });

  test("is a ratio without any price", () => {
    const third = measured({ accelerator: "mi300x" });
    expect(breakEvenOf(other, third)).toEqual({
      fromAccelerator: "b200",
      toAccelerator: "mi300x",
      priceRatio: 0.25,
    });
  });

  test.each([
    { name: "the same accelerator", to: measured({ scoreMs: 1 }) },
    { name: "an unknown number of accelerators", to: measured({ acceleratorCount: undefined }) },
    { name: "no score", to: measured({ accelerator: "b200", scoreMs: undefined }) },
  ])("is absent for $name", ({ to }) => {
    expect(breakEvenOf(h100, to)).toBeUndefined();
  });
});
