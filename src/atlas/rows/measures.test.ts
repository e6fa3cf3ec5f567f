import { describe, expect, test } from "vitest";
import { h100Rod, resultOf } from "../../../tests/support/result-rows.ts";
import { measureRow } from "./measures.ts";

describe("measureRow", () => {
  test("multiplies time by accelerators, price and power limit", () => {
    const { figures, price, powerLimitWatts } = measureRow(resultOf({}), h100Rod);
    expect(figures.system).toEqual({ kind: "known", value: 600_000, label: "computed" });
    expect(figures.chip).toEqual({ kind: "known", value: 4_800_000, label: "computed" });
    // 8 accelerators for a sixth of an hour at $3.
    expect(figures.dollar).toMatchObject({ kind: "known", label: "computed" });
    expect(figures.dollar.kind === "known" && figures.dollar.value).toBeCloseTo(4, 12);
    expect(figures.kwh).toMatchObject({ kind: "known", label: "estimated" });
    expect(figures.kwh.kind === "known" && figures.kwh.value).toBeCloseTo(8 * 700 * 600, 6);
    expect([price?.usdPerHour, powerLimitWatts]).toEqual([3, 700]);
  });

  test("prefers values stated by the source to price and power limit", () => {
    const row = resultOf({ statedCostUsd: 7, energyJoules: 5, energyLabel: "measured" });
    const measured = measureRow(row, h100Rod);
    expect(measured.figures.dollar).toEqual({ kind: "known", value: 7, label: "stated" });
    expect(measured.figures.kwh).toEqual({ kind: "known", value: 5, label: "measured" });
    expect([measured.price, measured.powerLimitWatts]).toEqual([undefined, undefined]);
  });

  test("computes figures per training if many models were trained at once", () => {
    const row = resultOf({ scaling: "weak", modelCount: 4 });
    const { figures } = measureRow(row, h100Rod);
    expect(figures.system).toMatchObject({ value: 600_000 });
    expect(figures.chip).toMatchObject({ value: 1_200_000 });
  });

  test.each([
    {
      name: "no score",
      fields: { scoreMs: undefined },
      gaps: ["no-score", "no-score", "no-score", "no-score"],
    },
    {
      name: "no count",
      fields: { acceleratorCount: undefined },
      gaps: [undefined, "no-accelerators", "no-accelerators", "no-accelerators"],
    },
    {
      name: "an accelerator without a price",
      fields: { accelerator: "ipu" },
      gaps: [undefined, undefined, "no-price", "no-power"],
    },
    {
      name: "no accelerator",
      fields: { accelerator: undefined },
      gaps: [undefined, undefined, "no-price", "no-power"],
    },
  ])("reports what is missing: $name", ({ fields, gaps }) => {
    const { figures } = measureRow(resultOf(fields), h100Rod);
    const found = [figures.system, figures.chip, figures.dollar, figures.kwh];
    expect(found.map((figure) => (figure.kind === "unknown" ? figure.reason : undefined))).toEqual(
      gaps,
    );
  });
});
