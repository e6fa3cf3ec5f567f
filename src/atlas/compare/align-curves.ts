import type {
  AlignedCurves,
  CompareSubject,
  CurveAxis,
} from "../../schema/atlas/answers/comparison.ts";
import type { Measure } from "../../schema/atlas/answers/figures.ts";
import type { RunCurve } from "../../schema/atlas/results/run-curve.ts";
import { valueOf } from "../rows/measures.ts";

/** Number of points, chosen to suit sparklines, small charts and tables. */
const pointCount = 41;

/** The curve of a subject: its points on the axis. */
export interface PlacedCurve {
  name: string;
  run: string;
  metricName: string;
  x: readonly number[];
  value: readonly number[];
}

/**
 * Places one quality curve of each subject on a common axis, with linear interpolation between points. There is no result
 * if fewer than two subjects have a curve with values for the axis.
 */
export function alignCurves(
  subjects: readonly CompareSubject[],
  axis: CurveAxis,
): AlignedCurves | undefined {
  const alike = placeCurves(subjects, axis);
  const metricName = alike[0]?.metricName;
  if (metricName === undefined || alike.length < 2) return undefined;
  const longest = Math.max(...alike.map(({ x }) => x.at(-1) ?? 0));
  const grid = Array.from({ length: pointCount }, (_, at) => (longest * at) / (pointCount - 1));
  return {
    series: "quality",
    metricName,
    axis,
    samplesUnit: subjects.find(({ name }) => name === alike[0]?.name)?.measured.row.samplesUnit,
    x: grid,
    lines: alike.map(({ name, run, x, value }) => ({
      name,
      run,
      value: grid.map((at) => valueAt(x, value, at)),
    })),
  };
}

/**
 * Selects one quality curve for each subject: that of the run with the median time, as the most representative. Excludes
 * subjects without a curve, with a different metric than the first, with a missing or different unit on the axis, or
 * with unknown cost or energy.
 */
export function placeCurves(
  subjects: readonly CompareSubject[],
  axis: CurveAxis,
): readonly PlacedCurve[] {
  const placed = subjects.flatMap((subject) => {
    const curve = curveOf(subject);
    const x = curve === undefined ? undefined : positionsOf(curve, subject, axis);
    if (curve === undefined || x === undefined || x.length < 2) return [];
    const { run, metricName, value } = curve;
    const unit = axis === "samples" ? subject.measured.row.samplesUnit : undefined;
    return [{ unit, placed: { name: subject.name, run, metricName, x, value } }];
  });
  const [first] = placed;
  return placed
    .filter((one) => one.unit === first?.unit && one.placed.metricName === first?.placed.metricName)
    .map((one) => one.placed);
}

function positionsOf(
  curve: RunCurve,
  { measured }: CompareSubject,
  axis: CurveAxis,
): readonly number[] | undefined {
  switch (axis) {
    case "clock":
      return curve.clockMs;
    case "samples":
      return curve.samples;
    case "dollars":
    case "energy": {
      const perMs = ratePerMs(measured.figures, axis === "dollars" ? "dollar" : "kwh");
      return perMs === undefined ? undefined : curve.clockMs.map((ms) => ms * perMs);
    }
  }
}

/** Distributes cost or energy evenly over the time of the figure. */
function ratePerMs(
  figures: CompareSubject["measured"]["figures"],
  measure: Measure,
): number | undefined {
  const [total, timeMs] = [valueOf(figures, measure), valueOf(figures, "system")];
  return total === undefined || timeMs === undefined || timeMs <= 0 ? undefined : total / timeMs;
}

function curveOf({ runs, curves }: CompareSubject): RunCurve | undefined {
  const quality = new Map(
    curves.filter(({ series }) => series === "quality").map((curve) => [curve.run, curve]),
  );
  const timed = runs
    .filter(({ run, timeToTrainMs, fate }) => {
      return quality.has(run) && timeToTrainMs !== undefined && fate !== "failed";
    })
    .toSorted((a, b) => (a.timeToTrainMs ?? 0) - (b.timeToTrainMs ?? 0));
  const middle = timed[Math.floor((timed.length - 1) / 2)];
  return middle === undefined ? quality.values().next().value : quality.get(middle.run);
}

/** Linear interpolation; absent before the first point and after the last. */
function valueAt(x: readonly number[], values: readonly number[], at: number): number | undefined {
  const above = x.findIndex((position) => position >= at);
  const [high, highValue] = [x[above], values[above]];
  if (high === undefined || highValue === undefined) return undefined;
  if (high === at) return highValue;
  const [low, lowValue] = [x[above - 1], values[above - 1]];
  if (low === undefined || lowValue === undefined) return undefined;
  return lowValue + ((highValue - lowValue) * (at - low)) / (high - low);
}
