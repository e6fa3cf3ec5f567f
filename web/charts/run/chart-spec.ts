import type { SeriesUnit } from "../../../src/schema/dashboard/run-series.ts";

/** What an axis counts; `epoch milliseconds` is drawn as the time of day. */
export type AxisUnit = SeriesUnit | "epoch milliseconds";

export interface Axis {
  /** Without its unit: `loss`, `clock`. */
  label: string;
  unit: AxisUnit;
}

/** Which colour, by its place in the style sheet; the first is the accent. */
export type Tone = 1 | 2 | 3 | 4 | 5;

/** How a line is drawn, so that colour is not the only difference. Predictions are dotted, everywhere. */
export type Stroke = "solid" | "dashed" | "long-dashed" | "dash-dotted" | "dotted";

/** Parallel arrays, in order of x. */
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
  /** From the least to the greatest of what lies at each x. */
  | {
      kind: "band";
      label: string;
      tone: Tone;
      x: readonly number[];
      low: readonly number[];
      high: readonly number[];
    }
  /** A value to be reached or kept. */
  | { kind: "level"; label: string; y: number }
  /** Where something is expected along x. */
  | { kind: "stretch"; label: string; fromX: number; toX: number; atX: number };

/** A chart as data: drawn on a canvas, as SVG, as a table and as CSV. */
export interface ChartSpec {
  /** Names the files it is saved as: `loss`. */
  name: string;
  title: string;
  /** What x shows at least, in its own unit, so that charts under one cursor line up. */
  x: Axis & { atLeast?: readonly [from: number, to: number] };
  y: Axis & { includesZero?: boolean };
  marks: readonly Mark[];
}

/** Whether there is anything to draw. */
export function isEmpty({ marks }: ChartSpec): boolean {
  return !marks.some((mark) => (mark.kind === "line" || mark.kind === "band") && mark.x.length > 0);
}
