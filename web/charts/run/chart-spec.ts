import type { SeriesUnit } from "../../../src/schema/dashboard/run-series.ts";

/** The unit of an axis; `epoch milliseconds` is shown as the time of day. */
export type AxisUnit = SeriesUnit | "epoch milliseconds";

export interface Axis {
  /** Without its unit: `loss`, `clock`. */
  label: string;
  unit: AxisUnit;
}

/** Index of a color in the style sheet; 1 is the accent. */
export type Tone = 1 | 2 | 3 | 4 | 5;

/** Line style, so that color is not the only difference. Predictions are always dotted. */
export type Stroke = "solid" | "dashed" | "long-dashed" | "dash-dotted" | "dotted";

/** One mark of a chart. Arrays are parallel and in order of x. */
export type Mark =
  | {
      kind: "line";
      label: string;
      tone: Tone;
      stroke: Stroke;
      x: readonly number[];
      y: readonly number[];
      withPoints?: boolean;
    }
  /** From the minimum to the maximum at each x. */
  | {
      kind: "band";
      label: string;
      tone: Tone;
      x: readonly number[];
      low: readonly number[];
      high: readonly number[];
    }
  /** A target value. */
  | { kind: "level"; label: string; y: number }
  /** A predicted range of x. */
  | { kind: "range"; label: string; fromX: number; toX: number; atX: number };

/** A chart as data, which is drawn on a canvas, as SVG, as a table, and as CSV. */
export interface ChartSpec {
  /** Name of the saved files: `loss`. */
  name: string;
  title: string;
  /** `atLeast` is the minimum range of x in its unit, so that charts with a shared cursor align. */
  x: Axis & { atLeast?: readonly [from: number, to: number] };
  /** `isLog`: a logarithmic axis, on which values of 0 and below are not shown. */
  y: Axis & { includesZero?: boolean; isLog?: boolean };
  marks: readonly Mark[];
}

/** Whether the chart has no points. */
export function isEmpty({ marks }: ChartSpec): boolean {
  return !marks.some((mark) => (mark.kind === "line" || mark.kind === "band") && mark.x.length > 0);
}
