import { formatSignificant } from "../../foundation/numbers/units.ts";
import { axisTicks } from "./axis-ticks.ts";
import { html, type HtmlText } from "./html-text.ts";
import { type ChartPoint, thinnedLine } from "./thinned-line.ts";

export interface ChartLine {
  label: string;
  points: readonly ChartPoint[];
}

export interface CurveChart {
  /** Read by screen readers. */
  title: string;
  xLabel: string;
  yLabel: string;
  lines: readonly ChartLine[];
  /** A horizontal line with its label. */
  target: { y: number; label: string } | undefined;
}

/** Colors and dashes repeat after this many lines. */
export const lineStyleCount = 6;

const margin = { top: 8, right: 12, bottom: 38, left: 52 };
const height = 260;

/** Lines over time as SVG, in user units of a `width`; CSS classes give the colors. */
export function curveChart(chart: CurveChart, width: number): HtmlText {
  const { lines, target } = chart;
  const points = lines.flatMap((line) => line.points);
  const scale = scalesOf(points, target?.y, width);
  return html`<svg
    class="chart"
    viewBox="0 0 ${width} ${height}"
    role="img"
    aria-label="${chart.title}"
  >
    ${axes(chart, scale, width)} ${lines.map((line, index) => lineMarks(line, index, scale))}
    ${target === undefined ? undefined : targetMarks(target, scale, width)}
  </svg>`;
}

interface Scale {
  x: (value: number) => number;
  y: (value: number) => number;
  xTicks: readonly number[];
  yTicks: readonly number[];
}

function scalesOf(
  points: readonly ChartPoint[],
  targetY: number | undefined,
  width: number,
): Scale {
  const ys = points.map(({ y }) => y).filter((y) => Number.isFinite(y));
  const [yFrom, yTo] = padded(rangeOf(targetY === undefined ? ys : [...ys, targetY]));
  const [, xTo] = rangeOf(points.map(({ x }) => x));
  const xEnd = xTo > 0 ? xTo : 1;
  const plotWidth = width - margin.left - margin.right;
  const plotHeight = height - margin.top - margin.bottom;
  return {
    x: (value) => margin.left + (value / xEnd) * plotWidth,
    y: (value) => margin.top + plotHeight - ((value - yFrom) / (yTo - yFrom)) * plotHeight,
    xTicks: axisTicks(0, xEnd, width < 500 ? 4 : 8),
    yTicks: axisTicks(yFrom, yTo, 5),
  };
}

function rangeOf(values: readonly number[]): [number, number] {
  let from = Number.POSITIVE_INFINITY;
  let to = Number.NEGATIVE_INFINITY;
  for (const value of values) {
    from = Math.min(from, value);
    to = Math.max(to, value);
  }
  return from <= to ? [from, to] : [0, 1];
}

/** Lines do not touch the frame; a constant gets a range around it. */
function padded([from, to]: [number, number]): [number, number] {
  const pad = to > from ? (to - from) * 0.06 : Math.max(Math.abs(to) * 0.1, 0.1);
  return [from - pad, to + pad];
}

function axes({ xLabel }: CurveChart, scale: Scale, width: number): HtmlText {
  const bottom = height - margin.bottom;
  const right = width - margin.right;
  const rows = scale.yTicks.map((tick) => {
    const y = place(scale.y(tick));
    return html`<line class="grid" x1="${margin.left}" x2="${right}" y1="${y}" y2="${y}" /><text
        class="tick"
        x="${margin.left - 6}"
        y="${y}"
        dy="0.32em"
        text-anchor="end"
        >${tickText(tick)}</text
      >`;
  });
  const columns = scale.xTicks.map((tick) => {
    const x = place(scale.x(tick));
    return html`<text class="tick" x="${x}" y="${bottom + 15}" text-anchor="middle"
      >${tickText(tick)}</text
    >`;
  });
  return html`${rows}<line
      class="axis"
      x1="${margin.left}"
      x2="${right}"
      y1="${bottom}"
      y2="${bottom}"
    />${columns}
    <text class="label" x="${right}" y="${height - 6}" text-anchor="end">${xLabel}</text> `;
}

function lineMarks({ label, points }: ChartLine, index: number, scale: Scale): HtmlText {
  const visible = thinnedLine(points.filter(({ y }) => Number.isFinite(y)));
  const style = index % lineStyleCount;
  const places = visible.map(({ x, y }) => `${place(scale.x(x))},${place(scale.y(y))}`);
  const dots = visible.length > 40 ? [] : visible;
  return html`<g class="line line-${style}"
    ><title>${label}</title><polyline points="${places.join(" ")}" />${dots.map(
      ({ x, y }) => html`<circle cx="${place(scale.x(x))}" cy="${place(scale.y(y))}" r="2.4" />`,
    )}</g
  >`;
}

function targetMarks(
  { y, label }: { y: number; label: string },
  scale: Scale,
  width: number,
): HtmlText {
  const at = place(scale.y(y));
  const isHigh = scale.y(y) < margin.top + 20;
  return html`<line
      class="target"
      x1="${margin.left}"
      x2="${width - margin.right}"
      y1="${at}"
      y2="${at}"
    /><text
      class="target-label"
      x="${margin.left + 6}"
      y="${at}"
      dy="${isHigh ? "1.2em" : "-0.4em"}"
      >${label}</text
    >`;
}

function place(value: number): string {
  return value.toFixed(1);
}

function tickText(value: number): string {
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e5 || size < 1e-3) return value.toExponential(1).replace(".0e", "e");
  return String(Number(formatSignificant(value, 6)));
}
