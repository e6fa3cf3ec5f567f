import type { LogDomain } from "../axes/log-ticks.ts";

/** Converts values of an axis to pixels. */
export type ChartScale = (value: number) => number;

/** Pixels of the plotting area. */
export interface PlotBox {
  left: number;
  right: number;
  top: number;
  bottom: number;
}

/** The plotting area of a chart with labels on the left and below. */
export function plotBox(width: number, height: number, leftMargin = 58): PlotBox {
  return { left: leftMargin, right: width - 14, top: 12, bottom: height - 26 };
}

/** The plotting area of a chart that also has the titles of `SvgAxes`. */
export function titledPlotBox(width: number, height: number): PlotBox {
  return { ...plotBox(width, height - 16), top: 26 };
}

export function logScale({ from, to }: LogDomain, start: number, end: number): ChartScale {
  const perLog = (end - start) / Math.log(to / from);
  return (value) => start + Math.log(Math.max(value, Number.MIN_VALUE) / from) * perLog;
}

export function linearScale(from: number, to: number, [start, end]: [number, number]): ChartScale {
  const perUnit = (end - start) / (to - from);
  return (value) => start + (value - from) * perUnit;
}

export interface AxisTick {
  at: number;
  text: string;
}

/** A tenth of a pixel is enough. */
export function pixel(value: number): number {
  return Math.round(value * 10) / 10;
}

/** An SVG path through points. */
export function pathThrough(points: readonly (readonly [number, number])[]): string {
  return points.map(([x, y], at) => `${at === 0 ? "M" : "L"}${pixel(x)} ${pixel(y)}`).join("");
}
