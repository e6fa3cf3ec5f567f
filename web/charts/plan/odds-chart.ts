import { linearDurationTicks } from "../axes/duration-ticks.ts";
import {
  linearScale,
  pathThrough,
  pixel,
  plotBox,
  type AxisTick,
  type PlotBox,
} from "./chart-scale.ts";

/** When a training is done, as drawn. */
export interface OddsRows {
  /** From now to the end, ms, by rising time; not empty. */
  doneMs: ArrayLike<number> & { indexOf(value: number): number };
  deadlineMs: number | undefined;
  /** When the budget is used up. */
  budgetMs: number | undefined;
}

export interface OddsMarks {
  box: PlotBox;
  xTicks: readonly AxisTick[];
  yTicks: readonly AxisTick[];
  curve: string;
  /** Under the curve, from the 10th to the 90th percentile. */
  band: string;
  p50: { x: number; y: number };
  deadlineX: number | undefined;
  budgetX: number | undefined;
}

const curvePoints = 120;

/** The probability that a training is done, over time. */
export function oddsChart(
  { doneMs, deadlineMs, budgetMs }: OddsRows,
  { width, height }: { width: number; height: number },
): OddsMarks {
  const finite = finiteCount(doneMs);
  const at = (share: number): number =>
    doneMs[Math.min(Math.max(0, finite - 1), Math.floor(share * doneMs.length))] ?? 0;
  const spreadMs = Math.max(at(0.98) - at(0.02), at(0.5) * 0.02);
  const limits = [deadlineMs, budgetMs].filter((one) => one !== undefined);
  // A limit far away is not worth a flat curve.
  const near = limits.filter((ms) => ms < 3 * at(0.98) && ms > at(0.02) / 3);
  const fromMs = Math.max(0, Math.min(at(0.02) - 0.35 * spreadMs, ...near.map((ms) => ms * 0.96)));
  const toMs = Math.max(at(0.98) + 0.35 * spreadMs, ...near.map((ms) => ms * 1.04));
  const box = plotBox(width, height, 46);
  const toX = linearScale(fromMs, toMs, [box.left, box.right]);
  const toY = linearScale(0, 1, [box.bottom, box.top]);
  const points = Array.from({ length: curvePoints + 1 }, (_, step) => {
    const ms = fromMs + ((toMs - fromMs) * step) / curvePoints;
    return { ms, share: shareUpTo(doneMs, ms) };
  });
  const inBand = points.filter(({ ms }) => ms >= at(0.1) && ms <= at(0.9));
  const [first, last] = [inBand[0], inBand.at(-1)];
  const shown = (ms: number | undefined): number | undefined =>
    ms === undefined || ms < fromMs || ms > toMs ? undefined : pixel(toX(ms));
  return {
    box,
    xTicks: linearDurationTicks(toMs, Math.max(2, width / 80) * (toMs / (toMs - fromMs)))
      .filter(({ ms }) => ms >= fromMs)
      .map(({ ms, text }) => ({ at: pixel(toX(ms)), text })),
    yTicks: [0, 0.25, 0.5, 0.75, 1].map((share) => ({
      at: pixel(toY(share)),
      text: `${100 * share} %`,
    })),
    curve: pathThrough(points.map(({ ms, share }) => [toX(ms), toY(share)] as const)),
    band:
      first === undefined || last === undefined
        ? ""
        : `${pathThrough([
            [toX(first.ms), box.bottom],
            ...inBand.map(({ ms, share }) => [toX(ms), toY(share)] as const),
            [toX(last.ms), box.bottom],
          ])}Z`,
    p50: { x: pixel(toX(at(0.5))), y: pixel(toY(0.5)) },
    deadlineX: shown(deadlineMs),
    budgetX: shown(budgetMs),
  };
}

function finiteCount(sorted: OddsRows["doneMs"]): number {
  const infinite = sorted.indexOf(Number.POSITIVE_INFINITY);
  return infinite < 0 ? sorted.length : infinite;
}

/** The share of sorted values up to a limit. */
function shareUpTo(sorted: OddsRows["doneMs"], limit: number): number {
  let low = 0;
  let high = sorted.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((sorted[middle] ?? 0) <= limit) low = middle + 1;
    else high = middle;
  }
  return low / sorted.length;
}
