import type { ChartSpec } from "./chart-spec.ts";

/** A stretch of a chart's x, in the axis' own unit. */
export interface Stretch {
  fromX: number;
  toX: number;
}

/** The same chart with the points of its lines that lie in a stretch. */
export function clipChart(spec: ChartSpec, { fromX, toX }: Stretch): ChartSpec {
  const marks = spec.marks.map((mark) => {
    if (mark.kind !== "line") return mark;
    const kept = mark.x.flatMap((x, index) => (x >= fromX && x <= toX ? [index] : []));
    return {
      ...mark,
      x: kept.map((index) => mark.x[index] ?? 0),
      y: kept.map((index) => mark.y[index] ?? 0),
    };
  });
  return { ...spec, marks };
}
