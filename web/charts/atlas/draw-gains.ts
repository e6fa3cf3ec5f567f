import type { GainPoint, GainsChart } from "./gains-chart.ts";
import { spreadApart } from "./spread-apart.ts";
import { logTicks } from "../axes/log-ticks.ts";
import {
  axisLook,
  baseOptions,
  type DrawnPlot,
  type PlotLibrary,
  type PlotLook,
  withoutStyleSheet,
} from "./plot-look.ts";
import { scalesOf } from "./draw-atlas.ts";
import { tickLabel } from "../axes/tick-label.ts";

const margin = { marginTop: 34, marginRight: 84, marginBottom: 28, marginLeft: 46 };
const labelHeight = 12;

/** Draws gains on a logarithmic axis against the publication date, with Moore's law dotted. */
export function drawGains(Plot: PlotLibrary, chart: GainsChart, look: PlotLook): DrawnPlot {
  const { palette, width, height } = look;
  const yTicks = logTicks(chart.y, height / 34);
  const axis = axisLook(look);
  const changes = chart.lines[0]?.points.filter(({ change }) => change !== undefined) ?? [];
  const drawn = Plot.plot({
    ...baseOptions(look),
    ...margin,
    x: { type: "utc" },
    y: { type: "log", domain: [chart.y.from, chart.y.to] },
    color: { type: "identity" },
    marks: [
      Plot.gridY(yTicks, { stroke: palette.grid, strokeOpacity: 1 }),
      Plot.axisY(yTicks, { ...axis, label: null, tickFormat: (tick) => `${tickLabel(tick)}x` }),
      Plot.axisX({ ...axis, ticks: width < 420 ? 3 : 6, label: null }),
      Plot.ruleX(chart.lines[0]?.points ?? [], { x: day, stroke: palette.grid, strokeOpacity: 1 }),
      Plot.ruleX(changes, { x: day, stroke: palette.muted, strokeDasharray: "1 3" }),
      Plot.text(changes, {
        x: day,
        text: () => "rules changed",
        frameAnchor: "top",
        textAnchor: "end",
        dx: -4,
        dy: -3,
        fill: palette.muted,
        fontSize: 10,
      }),
      Plot.line(chart.moore, { x: day, y: "gain", stroke: palette.muted, strokeDasharray: "2 3" }),
      ...chart.lines.flatMap(({ per, points }) => {
        const color = colorOf(per, palette);
        const dash = per === "system" ? {} : { strokeDasharray: "6 4" };
        return [
          Plot.line(points, { x: day, y: "gain", stroke: color, strokeWidth: 1.6, ...dash }),
          Plot.dot(points, { x: day, y: "gain", fill: color, r: 3.2 }),
        ];
      }),
      ...ends(Plot, chart, look),
      roundNames(Plot, chart, look),
    ],
  });
  return { svg: withoutStyleSheet(drawn), ...scalesOf(drawn) };
}

function day({ timeMs }: { timeMs: number }): Date {
  return new Date(timeMs);
}

function colorOf(per: GainsChart["lines"][number]["per"], palette: PlotLook["palette"]): string {
  return per === "system" ? palette.tones[1] : palette.tones[2];
}

/** Labels at the ends of the lines, below each other where the lines end at nearly the same gain. */
function ends(Plot: PlotLibrary, chart: GainsChart, { palette, height }: PlotLook) {
  const { y, moore, lines } = chart;
  const perLog = (height - margin.marginTop - margin.marginBottom) / Math.log(y.to / y.from);
  const labels = [
    { label: "Moore's law", at: moore.at(-1), fill: palette.muted },
    ...lines.map(({ label, per, points }) => ({
      label,
      at: points.at(-1),
      fill: colorOf(per, palette),
    })),
  ].flatMap(({ at, ...others }) => (at === undefined ? [] : [{ ...others, ...at }]));
  const shifts = spreadApart(
    labels.map(({ gain }) => -Math.log(gain) * perLog),
    labelHeight,
  );
  return labels.map((one, index) =>
    Plot.text([one], {
      x: day,
      y: "gain",
      text: "label",
      textAnchor: "start",
      dx: 7,
      dy: shifts[index] ?? 0,
      fill: one.fill,
      fontWeight: 600,
      fontSize: 10,
    }),
  );
}

/** Names of rounds above the chart, where no line crosses them; omits names that would overlap. */
function roundNames(Plot: PlotLibrary, { lines }: GainsChart, { width, palette }: PlotLook) {
  const points = lines[0]?.points ?? [];
  const [first, last] = [points[0]?.timeMs ?? 0, points.at(-1)?.timeMs ?? 1];
  const perMs = (width - 120) / Math.max(1, last - first);
  const labeled: GainPoint[] = [];
  for (const point of points) {
    const before = labeled.at(-1);
    if (before === undefined || (point.timeMs - before.timeMs) * perMs > 34) labeled.push(point);
  }
  return Plot.text(labeled, {
    x: day,
    text: "round",
    frameAnchor: "top",
    dy: -22,
    fill: palette.text,
    fontSize: 10,
  });
}
