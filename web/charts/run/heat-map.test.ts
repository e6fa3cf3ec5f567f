import { describe, expect, test } from "vitest";
import type { HeatmapDocument } from "../../../src/schema/dashboard/run-series.ts";
import { backgroundOf, heatCsv, heatPixels, rankText } from "./heat-map.ts";
import { paperPalette } from "../palette.ts";

const heat = (
  values: (number | null)[],
  changes: Partial<HeatmapDocument> = {},
): HeatmapDocument => ({
  runId: "a",
  metric: "stepMs",
  unit: "milliseconds",
  fromMs: 0,
  toMs: 2000,
  rankOrder: "rank",
  columns: 2,
  rows: values.length / 2,
  values,
  ranksPerRow: Array.from({ length: values.length / 2 }, (_, row) => [row]),
  least: 10,
  greatest: 20,
  ...changes,
});

const pixel = (pixels: Uint8ClampedArray, cell: number) =>
  Array.from(pixels.subarray(cell * 4, cell * 4 + 4));

describe("heatPixels", () => {
  test("maps the minimum to the first color, the maximum to the last, and missing values to transparent", () => {
    const pixels = heatPixels(heat([10, 20, 15, null]), "light");
    expect(pixel(pixels, 0)).toEqual([240, 242, 244, 255]);
    expect(pixel(pixels, 1)).toEqual([66, 20, 0, 255]);
    expect(pixel(pixels, 2)[3]).toBe(255);
    expect(pixel(pixels, 3)).toEqual([0, 0, 0, 0]);
  });

  test("greater values are darker on light and brighter on dark backgrounds", () => {
    const values = Array.from({ length: 64 }, (_, index) => 10 + index / 6.3);
    for (const background of ["dark", "light"] as const) {
      const pixels = heatPixels(heat(values), background);
      const lights = values.map((_, cell) =>
        pixel(pixels, cell)
          .slice(0, 3)
          .reduce((sum, part) => sum + part, 0),
      );
      const inOrder = lights.toSorted((a, b) => (background === "dark" ? a - b : b - a));
      expect(lights).toEqual(inOrder);
    }
  });

  test("clamps values outside of the range and supports an empty range", () => {
    const outside = heatPixels(heat([5, 25]), "dark");
    const inside = heatPixels(heat([10, 20]), "dark");
    expect([...outside]).toEqual([...inside]);
    expect(pixel(heatPixels(heat([10, 10], { greatest: 10 }), "dark"), 0)).toEqual([
      24, 31, 39, 255,
    ]);
  });
});

test("selects the ramp for the background", () => {
  expect(backgroundOf({ ...paperPalette, surface: "rgb(17, 22, 27)" })).toBe("dark");
  expect(backgroundOf({ ...paperPalette, surface: "rgb(255, 255, 255)" })).toBe("light");
});

test.each([
  [[37], "37"],
  [[32, 33, 34], "32-34"],
  [[9, 2, 5], "9 and 2 more"],
  [[], ""],
])("formats ranks %j as `%s`", (ranks, text) => {
  expect(rankText(ranks)).toBe(text);
});

test("CSV has one row per rank and the time of each column", () => {
  expect(heatCsv(heat([10, null, 15, 20]))).toBe(
    "rank,1970-01-01T00:00:00.000Z,1970-01-01T00:00:01.000Z\n0,10,\n1,15,20\n",
  );
});
