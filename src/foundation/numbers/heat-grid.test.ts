import { expect, test } from "vitest";
import { HeatGrid } from "./heat-grid.ts";

test("joined rows have the largest mean, and say whose it is", () => {
  const grid = new HeatGrid(4, 2);
  for (const [row, column, value] of [
    [0, 0, 90],
    [1, 0, 110],
    [1, 0, 124],
    [2, 0, 91],
    [3, 1, 5],
  ] as const)
    grid.add(row, column, value);
  expect(grid.peaks([0, 2])).toEqual({ values: [117, null, 91, 5], rows: [1, -1, 2, 3] });
});
