import type { DotOptions } from "@observablehq/plot";
import type { AtlasChart, AtlasPoint, PointKind } from "./atlas-chart.ts";
import { placeLabels } from "./place-labels.ts";
import { doublingTicks, logTicks } from "../axes/log-ticks.ts";
import { withOpacity } from "../palette.ts";
import {
  axisLook,
  baseOptions,
  type DrawnPlot,
  type PlotLibrary,
  type PlotLook,
  withoutStyleSheet,
  xLabel,
} from "./plot-look.ts";
import { tickLabel } from "../axes/tick-label.ts";

/** The shape of each kind of point. */
export const symbols = {
  cloud: "circle",
  "on-premise": "square",
  preview: "triangle",
  rdi: "diamond",
  "not-stated": "cross",
  own: "star",
} as const satisfies Record<PointKind, string>;

const margin = { marginTop: 14, marginRight: 18, marginBottom: 40, marginLeft: 54 };
const radius = 4.2;
const transparent = "rgba(0, 0, 0, 0)";

/** Draws results as points on two logarithmic axes. */
export function drawAtlas(Plot: PlotLibrary, chart: AtlasChart, look: PlotLook): DrawnPlot {
  const { width, height, palette } = look;
  const xTicks = doublingTicks(chart.x, width / 64);
  const yTicks = logTicks(chart.y, height / 34);
  const drawn = Plot.plot({
    ...baseOptions(look),
    ...margin,
    x: { type: "log", base: 2, domain: [chart.x.from, chart.x.to] },
    y: { type: "log", domain: [chart.y.from, chart.y.to] },
    color: { type: "identity" },
    marks: [
      Plot.gridX(xTicks, { stroke: palette.grid, strokeOpacity: 1 }),
      Plot.gridY(yTicks, { stroke: palette.grid, strokeOpacity: 1 }),
      Plot.axisX(xTicks, {
        ...axisLook(look),
        ...xLabel,
        label: "accelerators",
        tickFormat: tickLabel,
      }),
      Plot.axisY(yTicks, { ...axisLook(look), label: null, tickFormat: tickLabel }),
      ...efficiency(Plot, chart, look),
      ...points(Plot, chart, look),
    ],
  });
  const { placeOf } = scalesOf(drawn);
  const svg = withoutStyleSheet(drawn);
  const lineLabels = labelledLines(chart, look).flatMap(({ from, label }) =>
    alongLabel(label, placeOf(from.x, from.y), slopeDegrees(chart, look)),
  );
  const centers = chart.points.map(({ x, y }) => placeOf(x, y));
  nameFamilies(svg, chart, look, { placeOf, taken: [...centers, ...lineLabels] });
  return { svg, placeOf };
}

/** Writes the name of each family next to one of its points if there is space. */
function nameFamilies(
  svg: SVGSVGElement,
  { familyLabels, hues }: AtlasChart,
  { width, height, palette, families }: PlotLook,
  { placeOf, taken }: Pick<DrawnPlot, "placeOf"> & { taken: readonly Place[] },
): void {
  const requests = familyLabels.map(({ family, point }) =>
    Object.assign({ text: family }, placeOf(point.x, point.y)),
  );
  const frame = {
    left: margin.marginLeft,
    top: margin.marginTop,
    right: width - 4,
    bottom: height - margin.marginBottom,
  };
  for (const { text, left, top, anchor } of placeLabels(requests, taken, frame)) {
    const label = svg.ownerDocument.createElementNS("http://www.w3.org/2000/svg", "text");
    const looks = {
      x: left,
      y: top + 4,
      "text-anchor": anchor,
      fill: families[hues.get(text) ?? 0] ?? palette.muted,
      stroke: palette.surface,
      "stroke-width": 3,
      "stroke-linejoin": "round",
      "paint-order": "stroke",
      "font-weight": 600,
    };
    for (const [name, value] of Object.entries(looks)) label.setAttribute(name, String(value));
    label.textContent = text;
    svg.append(label);
  }
}

/** Converts values to positions on a drawing with plain scales. */
export function scalesOf(drawn: ReturnType<PlotLibrary["plot"]>): Pick<DrawnPlot, "placeOf"> {
  const [x, y] = [drawn.scale("x"), drawn.scale("y")];
  if (x === undefined || y === undefined) throw new Error("the drawing has no scales");
  return { placeOf: (atX, atY) => ({ left: x.apply(atX), top: y.apply(atY) }) };
}

type Place = ReturnType<DrawnPlot["placeOf"]>;

/** Pixels per unit of the natural logarithm. */
function logScales(chart: AtlasChart, { width, height }: PlotLook): { perX: number; perY: number } {
  const innerWidth = width - margin.marginLeft - margin.marginRight;
  const innerHeight = height - margin.marginTop - margin.marginBottom;
  return {
    perX: innerWidth / Math.log(chart.x.to / chart.x.from),
    perY: innerHeight / Math.log(chart.y.to / chart.y.from),
  };
}

/** How far the lines of constant accelerator-time descend. */
function slopeDegrees(chart: AtlasChart, look: PlotLook): number {
  const { perX, perY } = logScales(chart, look);
  return (Math.atan2(perY, perX) * 180) / Math.PI;
}

/** Short lines have no space for a label. */
function labelledLines(chart: AtlasChart, look: PlotLook): AtlasChart["lines"] {
  const { perX, perY } = logScales(chart, look);
  return chart.lines.filter(
    ({ from, to }) => Math.log(to.x / from.x) * Math.hypot(perX, perY) > 150,
  );
}

const lineLabel = { dx: 10, dy: -1, fontSize: 10, characterWidth: 5.6 };

/** Places a few pixels apart on the label of a line that starts at a place. */
function alongLabel(text: string, { left, top }: Place, degrees: number): Place[] {
  const { dx, dy, fontSize, characterWidth } = lineLabel;
  const [right, down] = [Math.cos(degrees * (Math.PI / 180)), Math.sin(degrees * (Math.PI / 180))];
  const middle = {
    left: left + dx + (fontSize / 2) * down,
    top: top + dy - (fontSize / 2) * right,
  };
  return Array.from({ length: text.length }, (_, index) => ({
    left: middle.left + (index + 0.5) * characterWidth * right,
    top: middle.top + (index + 0.5) * characterWidth * down,
  }));
}

/** Draws dashed lines of constant accelerator-time with their labels. */
function efficiency(Plot: PlotLibrary, chart: AtlasChart, look: PlotLook) {
  const { palette } = look;
  const { dx, dy, fontSize } = lineLabel;
  return [
    Plot.link(chart.lines, {
      x1: (line) => line.from.x,
      y1: (line) => line.from.y,
      x2: (line) => line.to.x,
      y2: (line) => line.to.y,
      stroke: palette.muted,
      strokeOpacity: 0.45,
      strokeDasharray: "2 4",
    }),
    Plot.text(labelledLines(chart, look), {
      x: (line) => line.from.x,
      y: (line) => line.from.y,
      text: "label",
      rotate: slopeDegrees(chart, look),
      textAnchor: "start",
      dx,
      dy,
      lineAnchor: "bottom",
      fill: palette.muted,
      fontSize,
    }),
  ];
}

/** Draws faint points first, then the others, and own results on top. */
function points(Plot: PlotLibrary, chart: AtlasChart, look: PlotLook) {
  const { palette } = look;
  const place: DotOptions = { x: "x", y: "y", symbol: (point: AtlasPoint) => symbols[point.kind] };
  const color = (point: AtlasPoint): string =>
    look.families[chart.hues.get(point.family) ?? 0] ?? "gray";
  const layer = (chosen: readonly AtlasPoint[], more: DotOptions) =>
    Plot.dot(chosen, {
      ...place,
      r: radius,
      fill: (point: AtlasPoint) =>
        point.isOpen ? transparent : withOpacity(color(point), point.isEstimated ? 0.3 : 0.8),
      stroke: color,
      strokeWidth: 1.3,
      ...more,
    });
  const published = chart.points.filter(({ kind }) => kind !== "own");
  const current = published.filter(({ isOfOtherRules }) => !isOfOtherRules);
  return [
    layer(
      published.filter(({ isOfOtherRules }) => isOfOtherRules),
      { opacity: 0.28 },
    ),
    layer(
      current.filter(({ isEstimated }) => isEstimated),
      { strokeDasharray: "2 1.5" },
    ),
    layer(
      current.filter(({ isEstimated }) => !isEstimated),
      {},
    ),
    Plot.dot(
      chart.points.filter(({ isOnFront }) => isOnFront),
      {
        x: "x",
        y: "y",
        r: radius + 3.6,
        stroke: palette.text,
        strokeWidth: 1.3,
        ariaDescription: "Pareto-optimal",
      },
    ),
    layer(
      chart.points.filter(({ kind }) => kind === "own"),
      { r: radius + 3, fill: palette.tones[1], stroke: palette.text, strokeWidth: 1.4 },
    ),
  ];
}
