import { describe, expect, test } from "vitest";
import { columnCount, heatTable, moveCell, scaleTexts } from "./heat-map-model.ts";

const size = { rows: 3, columns: 5 };
const key = (name: string, shiftKey = false) => ({ key: name, shiftKey });

describe("scaleTexts", () => {
  test.each([
    {
      name: "is short where the ends differ",
      least: 31,
      greatest: 104,
      expected: ["31 ms", "0.10 s"],
    },
    {
      name: "tells two close ends apart",
      least: 14.1,
      greatest: 14.32,
      expected: ["14.100 ms", "14.320 ms"],
    },
    { name: "repeats the only value", least: 14, greatest: 14, expected: ["14 ms", "14 ms"] },
  ])("$name", ({ least, greatest, expected }) => {
    expect(scaleTexts({ least, greatest, unit: "milliseconds" })).toEqual(expected);
  });
});

describe("moveCell", () => {
  test.each([
    {
      name: "to the last column of the first rank without a cell",
      cell: undefined,
      pressed: key("ArrowDown"),
      expected: { row: 0, column: 4 },
    },
    {
      name: "down by one rank",
      cell: { row: 0, column: 4 },
      pressed: key("ArrowDown"),
      expected: { row: 1, column: 4 },
    },
    {
      name: "not beyond the last rank",
      cell: { row: 2, column: 4 },
      pressed: key("ArrowDown", true),
      expected: { row: 2, column: 4 },
    },
    {
      name: "to the first column",
      cell: { row: 1, column: 3 },
      pressed: key("Home"),
      expected: { row: 1, column: 0 },
    },
    {
      name: "not at all with another key",
      cell: { row: 1, column: 3 },
      pressed: key("a"),
      expected: undefined,
    },
  ])("$name", ({ cell, pressed, expected }) => {
    expect(moveCell(cell, pressed, size)).toEqual(expected);
  });
});

test.each([
  [0, 16],
  [90_500, 90],
  [1e9, 400],
])("a run of %d ms has %d columns", (durationMs, columns) => {
  expect(columnCount(durationMs)).toBe(columns);
});

test("the table has mean and maximum of each row, and empty cells for a rank without data", () => {
  const heat = {
    runId: "a",
    metric: "stepMs" as const,
    unit: "milliseconds" as const,
    fromMs: 0,
    toMs: 1,
    rankOrder: "rank" as const,
    columns: 2,
    rows: 2,
    values: [10, 30, null, null],
    ranksPerRow: [[0, 1], [7]],
  };
  expect(heatTable(heat)).toEqual([
    ["0-1", "20 ms", "30 ms"],
    ["7", "", ""],
  ]);
});
