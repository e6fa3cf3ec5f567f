import type { ChartSpec } from "./chart-spec.ts";

/** A range of the x axis in its unit. */
export interface XRange {
  fromX: number;
  toX: number;
}

/** Limits the lines of a chart to the points in a range. */
export function clipChart(spec: ChartSpec, { fromX, toX }: XRange): ChartSpec {
  const marks = spec.marks.map((mark) => {
    if (mark.kind !== "line") return mark;
    const indices = mark.x.flatMap((x, index) => (x >= fromX && x <= toX ? [index] : []));
    return {
      ...mark,
      x: indices.map((index) => mark.x[index] ?? 0),
      y: indices.map((index) => mark.y[index] ?? 0),
    };
  });
  return { ...spec, marks };
}
