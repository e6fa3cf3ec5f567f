import { expect, test } from "vitest";
import type { XAxis } from "../../../../src/schema/dashboard/run-series.ts";
import { readXAxis } from "./x-axis.ts";

test.each<{ text?: string; available: XAxis[]; axis: XAxis }>([
  { available: [], axis: "clock" },
  { available: ["clock", "wall"], axis: "clock" },
  { available: ["steps", "wall"], axis: "steps" },
  { available: ["wall", "energy"], axis: "wall" },
  { text: "samples", available: ["clock"], axis: "samples" },
])("of $available the charts use $axis", ({ text, available, axis }) => {
  expect(readXAxis(text, available)).toBe(axis);
});
