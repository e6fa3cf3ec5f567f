import { logDomain, logTicks } from "../axes/log-ticks.ts";
import { inTwoLines } from "./shortened.ts";
import {
  axisLook,
  baseOptions,
  type DrawnPlot,
  type PlotLibrary,
  type PlotLook,
  withoutStyleSheet,
  xLabel,
} from "./plot-look.ts";
import { scalesOf } from "./draw-atlas.ts";
import { timeUnitOf } from "./time-unit.ts";
import { tickLabel } from "../axes/tick-label.ts";
import type { WaterfallStep } from "./waterfall-chart.ts";

/** Draws the steps from one time to the other on a logarithmic axis of minutes. */
export function drawWaterfall(
  Plot: PlotLibrary,
  steps: readonly WaterfallStep[],
  look: PlotLook,
): DrawnPlot {
  const { palette, width } = look;
  const unit = timeUnitOf(steps.map(({ fromMinutes }) => fromMinutes));
  const shown = steps.map(({ fromMinutes, toMinutes, ...others }) => ({
    from: fromMinutes * unit.perMinute,
    to: toMinutes * unit.perMinute,
    ...others,
  }));
  const domain = logDomain(
    shown.flatMap(({ from, to }) => [from, to]),
    1.6,
  ) ?? { from: 1, to: 2 };
  const marginLeft = Math.min(230, width * 0.4);
  const ticks = logTicks(domain, (width - marginLeft) / 90);
  const drawn = Plot.plot({
    ...baseOptions(look),
    marginTop: 8,
    marginRight: 20,
    marginBottom: 40,
    marginLeft,
    x: { type: "log", domain: [domain.from, domain.to] },
    y: { type: "band", domain: steps.map((_, index) => String(index)), padding: 0.28 },
    color: { type: "identity" },
    marks: [
      Plot.gridX(ticks, { stroke: palette.grid, strokeOpacity: 1 }),
      Plot.axisX(ticks, {
        ...axisLook(look),
        ...xLabel,
        label: `time to train (${unit.name})`,
        tickFormat: tickLabel,
      }),
      Plot.axisY({
        color: palette.text,
        tickSize: 0,
        tickPadding: 8,
        label: null,
        tickFormat: (key: string) =>
          inTwoLines(steps[Number(key)]?.label ?? "", Math.floor((marginLeft - 10) / 6.6)),
        fontSize: 11,
      }),
      ...stepMarks(Plot, shown, { look, start: domain.from }),
    ],
  });
  return { svg: withoutStyleSheet(drawn), ...scalesOf(drawn) };
}

/** A step in the unit of the axis. */
type ShownStep = Omit<WaterfallStep, "fromMinutes" | "toMinutes"> & { from: number; to: number };

/** A bar for each step, followed by its factor. */
function stepMarks(
  Plot: PlotLibrary,
  steps: readonly ShownStep[],
  { look: { palette }, start }: { look: PlotLook; start: number },
) {
  const bars = steps.map((step, index) => Object.assign({ key: String(index) }, step));
  const colors: Readonly<Record<WaterfallStep["kind"], string>> = {
    total: palette.muted,
    faster: palette.tones[3],
    slower: palette.tones[1],
  };
  return [
    Plot.barX(bars, {
      x1: ({ kind, from }) => (kind === "total" ? start : from),
      x2: "to",
      y: "key",
      fill: ({ kind }: ShownStep) => colors[kind],
      fillOpacity: 0.85,
    }),
    Plot.text(bars, {
      x: ({ from, to }) => Math.max(from, to),
      y: "key",
      text: "text",
      textAnchor: "start",
      dx: 6,
      fill: palette.text,
      stroke: palette.surface,
      strokeWidth: 3,
      fontSize: 11,
    }),
  ];
}
