import type { AlignedCurves, CompareSubject } from "../schema/atlas/comparison.ts";
import type { RunCurve } from "../schema/atlas/run-curve.ts";

/** Points that a sparkline, a small chart and a table can all show. */
const pointCount = 41;

/**
 * One quality curve of each subject on a common axis, read between its points along straight lines. The curve is of the run with
 * the median time, as neither a lucky nor an unlucky one stands for the rest. Where fewer than two subjects have
 * a curve of the same metric (or count samples, on that axis) there is nothing to align.
 */
export function alignCurves(
  subjects: readonly CompareSubject[],
  axis: AlignedCurves["axis"],
): AlignedCurves | undefined {
  const chosen = subjects.flatMap((subject) => {
    const curve = curveOf(subject);
    const x = curve === undefined ? undefined : axis === "clock" ? curve.clockMs : curve.samples;
    if (curve === undefined || x === undefined || x.length < 2) return [];
    return [{ name: subject.name, curve, x }];
  });
  const metricName = chosen[0]?.curve.metricName;
  const alike = chosen.filter(({ curve }) => curve.metricName === metricName);
  if (metricName === undefined || alike.length < 2) return undefined;
  const longest = Math.max(...alike.map(({ x }) => x.at(-1) ?? 0));
  const grid = Array.from({ length: pointCount }, (_, at) => (longest * at) / (pointCount - 1));
  return {
    series: "quality",
    metricName,
    axis,
    x: grid,
    lines: alike.map(({ name, curve, x }) => ({
      name,
      run: curve.run,
      value: grid.map((at) => valueAt(x, curve.value, at)),
    })),
  };
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

/** Straight between neighbours; absent before the first point and after the last. */
function valueAt(x: readonly number[], values: readonly number[], at: number): number | undefined {
  const above = x.findIndex((position) => position >= at);
  const [high, highValue] = [x[above], values[above]];
  if (high === undefined || highValue === undefined) return undefined;
  if (high === at) return highValue;
  const [low, lowValue] = [x[above - 1], values[above - 1]];
  if (low === undefined || lowValue === undefined) return undefined;
  return lowValue + ((highValue - lowValue) * (at - low)) / (high - low);
}
