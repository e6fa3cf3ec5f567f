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
  test("marks of different x share one table, in order; what has no value there is empty", () => {
    expect(chartRows(chart([line("a", [1, 3], [10, 30]), line("b", [2, 3], [20, 31])]))).toEqual({
      x: [1, 2, 3],
      columns: [
        { label: "a", values: [10, undefined, 30] },
        { label: "b", values: [undefined, 20, 31] },
      ],
    });
  });

  test("a band has a column for each of its edges, a level and a stretch have none", () => {
    const marks: Mark[] = [
      { kind: "level", label: "target", y: 1 },
      { kind: "stretch", label: "soon", fromX: 1, toX: 2, atX: 1.5 },
      { kind: "band", label: "loss", tone: 1, x: [1], low: [2], high: [3] },
    ];
    expect(chartRows(chart(marks)).columns).toEqual([
      { label: "loss, least", values: [2] },
      { label: "loss, greatest", values: [3] },
    ]);
  });

  test("two points at one x keep the later one", () => {
    expect(
      chartRows(chart([line("a", [1, 1], [5, 6]), line("b", [1], [7])])).columns[0]?.values,
    ).toEqual([6]);
  });
});

test("CSV keeps full precision, names units and quotes what must be quoted", () => {
  const csv = chartCsv(
    chart([line('loss, "smooth"', [0.1, 0.2], [1 / 3, 1e-9]), line("b", [0.1], [2])]),
  );
  expect(csv).toBe(
    'clock (milliseconds),"loss, ""smooth""",b\n0.1,0.3333333333333333,2\n0.2,1e-9,\n',
  );
});
