import { scalesOf } from "../atlas/draw-atlas.ts";
import {
  axisLook,
  baseOptions,
  type DrawnPlot,
  type PlotLibrary,
  type PlotLook,
  withoutStyleSheet,
  xLabel,
} from "../atlas/plot-look.ts";
import { shortened } from "../atlas/shortened.ts";
import { hueOfArm, type RaceCurvesChart, type RaceTimesChart } from "./race-chart.ts";

/** Draws one thin line for each run, in the color of its arm. */
export function drawRaceCurves(
  Plot: PlotLibrary,
  { points, target }: RaceCurvesChart,
  look: PlotLook,
): DrawnPlot {
  const { palette, width, height } = look;
  const counts = new Map<string, number>();
  for (const { runId } of points) counts.set(runId, (counts.get(runId) ?? 0) + 1);
  const singles = points.filter(({ runId }) => counts.get(runId) === 1);
  const drawn = Plot.plot({
    ...baseOptions(look),
    marginTop: 20,
    marginRight: 16,
    marginBottom: 40,
    marginLeft: 52,
    x: { type: "linear", nice: true, zero: true },
    y: { type: "linear", nice: true, ...flatDomain(points, target?.value) },
    marks: [
      Plot.gridX({ stroke: palette.grid, strokeOpacity: 1, ticks: width / 90 }),
      Plot.gridY({ stroke: palette.grid, strokeOpacity: 1, ticks: height / 50 }),
      Plot.axisX({ ...axisLook(look), ...xLabel, ticks: width / 90, label: "clock (s)" }),
      Plot.axisY({ ...axisLook(look), ticks: height / 50, label: null }),
      ...(target === undefined
        ? []
        : [
            Plot.ruleY([target.value], { stroke: palette.muted, strokeDasharray: "6 4" }),
            Plot.text([target], {
              y: "value",
              text: "label",
              frameAnchor: "left",
              dx: 4,
              dy: -9,
              fill: palette.text,
            }),
          ]),
      Plot.line(points, {
        x: "seconds",
        y: "value",
        z: "runId",
        stroke: ({ arm }) => look.families[hueOfArm(arm)],
        strokeWidth: 1.2,
        strokeOpacity: 0.75,
      }),
      // A run with one evaluation has no line.
      Plot.dot(singles, {
        x: "seconds",
        y: "value",
        r: 3,
        fill: ({ arm }) => look.families[hueOfArm(arm)],
      }),
    ],
  });
  return { svg: withoutStyleSheet(drawn), ...scalesOf(drawn) };
}

/** Room around the values where all are the same; undefined options otherwise. */
function flatDomain(
  points: RaceCurvesChart["points"],
  target: number | undefined,
): { domain?: [number, number] } {
  const values = [...points.map(({ value }) => value), ...(target === undefined ? [] : [target])];
  const [low, high] = [Math.min(...values), Math.max(...values)];
  if (values.length === 0 || low !== high) return {};
  const room = Math.abs(low) * 0.1 || 1;
  return { domain: [low - room, high + room] };
}

/** Draws a row of dots for each arm, with a mark at its median; a run that missed is hollow, at the right end. */
export function drawRaceTimes(
  Plot: PlotLibrary,
  { labels, times, medians }: RaceTimesChart,
  look: PlotLook,
): DrawnPlot {
  const { palette, width } = look;
  const marginLeft = Math.min(240, width * 0.38);
  const maxCharacters = Math.floor((marginLeft - 10) / 6.4);
  const ticks = (width - marginLeft) / 90;
  const colorOf = (arm: number): string | undefined => look.families[hueOfArm(arm)];
  const drawn = Plot.plot({
    ...baseOptions(look),
    marginTop: 8,
    marginRight: 16,
    marginBottom: 40,
    marginLeft,
    x: { type: "linear", nice: true, zero: false, inset: 8 },
    y: { type: "band", domain: [...labels], padding: 0.3 },
    marks: [
      Plot.gridX({ stroke: palette.grid, strokeOpacity: 1, ticks }),
      Plot.axisX({ ...axisLook(look), ...xLabel, ticks, label: "time to target (s)" }),
      Plot.axisY({
        color: palette.text,
        tickSize: 0,
        tickPadding: 8,
        label: null,
        tickFormat: (name: string) => shortened(name, maxCharacters),
        fontSize: 11,
      }),
      Plot.tickX(medians, {
        x: "seconds",
        y: "label",
        stroke: ({ arm }) => colorOf(arm),
        strokeWidth: 2,
      }),
      Plot.dot(times, {
        x: "seconds",
        y: "label",
        r: 4,
        fill: ({ arm, isReached }) => (isReached ? colorOf(arm) : palette.surface),
        fillOpacity: 0.65,
        stroke: ({ arm }) => colorOf(arm),
        strokeWidth: 1.4,
      }),
    ],
  });
  return { svg: withoutStyleSheet(drawn), ...scalesOf(drawn) };
}
