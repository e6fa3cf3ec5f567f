import { logDomain, logTicks } from "../axes/log-ticks.ts";
import { tickLabel } from "../axes/tick-label.ts";
import {
  type AxisTick,
  logScale,
  pixel,
  type PlotBox,
  titledPlotBox,
} from "../plan/chart-scale.ts";

/** A result in the units of the axes. */
export interface FrontPoint {
  rowId: string;
  text: string;
  family: string;
  x: number;
  y: number;
  isMember: boolean;
}

export interface FrontMarks {
  box: PlotBox;
  xTicks: readonly AxisTick[];
  yTicks: readonly AxisTick[];
  /** Members last, so that they are on top. */
  points: readonly (FrontPoint & { left: number; top: number })[];
}

/** Results by two measures on logarithmic axes; undefined without points. */
export function frontChart(
  points: readonly FrontPoint[],
  { width, height }: { width: number; height: number },
): FrontMarks | undefined {
  const x = logDomain(
    points.map((point) => point.x),
    1.2,
  );
  const y = logDomain(
    points.map((point) => point.y),
    1.2,
  );
  if (x === undefined || y === undefined) return undefined;
  const box = titledPlotBox(width, height);
  const toX = logScale(x, box.left, box.right);
  const toY = logScale(y, box.bottom, box.top);
  const ordered = points.toSorted((a, b) => Number(a.isMember) - Number(b.isMember));
  return {
    box,
    xTicks: logTicks(x, width / 64).map((tick) => ({
      at: pixel(toX(tick)),
      text: tickLabel(tick),
    })),
    yTicks: logTicks(y, height / 36).map((tick) => ({
      at: pixel(toY(tick)),
      text: tickLabel(tick),
    })),
    points: ordered.map((point) =>
      Object.assign({ left: pixel(toX(point.x)), top: pixel(toY(point.y)) }, point),
    ),
  };
}
