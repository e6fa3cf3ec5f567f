import { shortened } from "./shortened.ts";
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
import { lanes, type RunTimesChart, type TimePoint } from "./run-times-chart.ts";
import { timeUnitOf } from "./time-unit.ts";

/** Pixels. */
const laneHeight = 6;

/** Draws one row of dots per result, with a box from the first to the third quartile. */
export function drawRunTimes(Plot: PlotLibrary, chart: RunTimesChart, look: PlotLook): DrawnPlot {
  const { palette, width } = look;
  const marginLeft = Math.min(240, width * 0.38);
  const maxCharacters = Math.floor((marginLeft - 10) / 6.4);
  const unit = timeUnitOf(chart.points.map(({ minutes }) => minutes));
  const x = ({ minutes }: TimePoint): number => minutes * unit.perMinute;
  const ticks = (width - marginLeft) / 90;
  const boxed = new Set(
    chart.subjects.filter(
      (name) => chart.points.filter(({ subject }) => subject === name).length > 3,
    ),
  );
  const drawn = Plot.plot({
    ...baseOptions(look),
    marginTop: 8,
    marginRight: 16,
    marginBottom: 40,
    marginLeft,
    x: { type: "linear", nice: true, zero: false, inset: 8 },
    y: { type: "band", domain: [...chart.subjects], padding: 0.3 },
    marks: [
      Plot.gridX({ stroke: palette.grid, strokeOpacity: 1, ticks }),
      Plot.axisX({
        ...axisLook(look),
        ...xLabel,
        ticks,
        label: `time to train (${unit.name})`,
      }),
      Plot.axisY({
        color: palette.text,
        tickSize: 0,
        tickPadding: 8,
        label: null,
        tickFormat: (name: string) => shortened(name, maxCharacters),
        fontSize: 11,
      }),
      Plot.boxX(
        chart.points.filter(({ subject }) => boxed.has(subject)),
        { x, y: "subject", fill: palette.grid, stroke: palette.muted, r: 0 },
      ),
      ...lanes.map((lane) =>
        Plot.dot(
          chart.points.filter((point) => point.lane === lane),
          {
            x,
            y: "subject",
            r: 4,
            dy: lane * laneHeight,
            fill: ({ isCounted }) => (isCounted ? palette.tones[1] : palette.surface),
            stroke: palette.tones[1],
            strokeWidth: 1.4,
          },
        ),
      ),
    ],
  });
  return { svg: withoutStyleSheet(drawn), ...scalesOf(drawn) };
}
