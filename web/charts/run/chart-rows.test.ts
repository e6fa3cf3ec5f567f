import { describe, expect, test } from "vitest";
import { chartCsv, chartRows } from "./chart-rows.ts";
import type { ChartSpec, Mark } from "./chart-spec.ts";

const line = (label: string, x: number[], y: number[]): Mark => ({
  kind: "line",
  label,
  tone: 1,
  stroke: "solid",
  x,
  y,
});

const chart = (marks: Mark[]): ChartSpec => ({
  name: "test",
  title: "Test",
  x: { label: "clock", unit: "milliseconds" },
  y: { label: "loss", unit: "" },
  marks,
});

describe("chartRows", () => {
  test("merges marks with different x into one table in order, with empty cells for missing values", () => {
    expect(chartRows(chart([line("a", [1, 3], [10, 30]), line("b", [2, 3], [20, 31])]))).toEqual({
      x: [1, 2, 3],
      columns: [
        { label: "a", values: [10, undefined, 30] },
        { label: "b", values: [undefined, 20, 31] },
      ],
    });
  });

  test("a band has a column for each edge; a level and a range have none", () => {
    const marks: Mark[] = [
      { kind: "level", label: "target", y: 1 },
      { kind: "range", label: "soon", fromX: 1, toX: 2, atX: 1.5 },
      { kind: "band", label: "loss", tone: 1, x: [1], low: [2], high: [3] },
    ];
    expect(chartRows(chart(marks)).columns).toEqual([
      { label: "loss, minimum", values: [2] },
      { label: "loss, maximum", values: [3] },
    ]);
  });

  test("keeps the later of two points at the same x", () => {
    expect(
      chartRows(chart([line("a", [1, 1], [5, 6]), line("b", [1], [7])])).columns[0]?.values,
    ).toEqual([6]);
  });
});

test("CSV has full precision, units in the header, and quotes where needed", () => {
  const csv = chartCsv(
    chart([line('loss, "smooth"', [0.1, 0.2], [1 / 3, 1e-9]), line("b", [0.1], [2])]),
  );
  expect(csv).toBe(
    'clock (milliseconds),"loss, ""smooth""",b\n0.1,0.3333333333333333,2\n0.2,1e-9,\n',
  );
});
