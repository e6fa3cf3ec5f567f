import { normalTail, studentT975 } from "../../foundation/numbers/distributions.ts";
import { seededRandom } from "../../foundation/numbers/seeded-random.ts";
import {
  type ArmComparison,
  type ArmVerdict,
  fewestPairs,
} from "../../schema/run/race/race-report.ts";
import { moreRunsNeeded } from "./more-runs-needed.ts";
import { signedRankTest } from "./signed-rank.ts";

/** Two runs with the same seed, one of each arm. Milliseconds; undefined for a run that missed the target. */
export interface RunPair {
  firstMs: number | undefined;
  otherMs: number | undefined;
}

const usualResampleCount = 10_000;
const level = 0.95;

interface BootstrapOptions {
  /** The same pairs and seed give the same interval. Default 1. */
  seed?: number;
  /** Default 10,000. */
  resampleCount?: number;
}

/**
 * Compares an arm with the first one over runs with the same seeds. Times are compared as ratios, on a logarithmic scale.
 *
 * The ratio is the geometric mean over pairs. If a run missed the target it has no time and is slower than all others; the
 * ratio is then the median over pairs. Pairs in which both runs missed are left out.
 *
 * The interval is the percentile bootstrap over pairs, widened for few pairs: its percentiles are expanded, and its ends are
 * moved away from the center, because a bootstrap of few values has lighter tails than their mean.
 *
 * @see Hesterberg 2015, What Teachers Should Know About the Bootstrap, section 5.2: the expanded percentile interval
 */
export function compareArms(
  pairs: readonly RunPair[],
  { seed = 1, resampleCount = usualResampleCount }: BootstrapOptions = {},
): ArmComparison {
  const logs = pairs.flatMap((pair) => logRatio(pair) ?? []);
  if (logs.length === 0) return { pairCount: 0, verdict: { kind: "nothing-to-compare" } };
  const isFinite = logs.every((value) => Number.isFinite(value));
  const centerOf = isFinite ? meanLog : medianLog;
  const center = centerOf(logs);
  const interval =
    logs.length < fewestPairs
      ? undefined
      : bootstrapInterval(logs, { centerOf, seed, resampleCount });
  return {
    pairCount: logs.length,
    estimator: isFinite ? "geometric-mean" : "median",
    ...known("ratio", center),
    ...known("lowestPair", Math.min(...logs)),
    ...known("highestPair", Math.max(...logs)),
    ...(interval === undefined
      ? {}
      : { interval: { ...known("low", interval.low), ...known("high", interval.high), level } }),
    test: signedRankTest(logs),
    verdict: verdictOf(logs, center, interval),
  };
}

interface LogInterval {
  low: number;
  high: number;
}

function verdictOf(
  logs: readonly number[],
  center: number,
  interval: LogInterval | undefined,
): ArmVerdict {
  if (interval !== undefined && interval.high < 0) return { kind: "faster" };
  if (interval !== undefined && interval.low > 0) return { kind: "slower" };
  const moreRuns = moreRunsNeeded(logs, center, fewestPairs);
  if (moreRuns === undefined) return { kind: "no-difference-seen" };
  return { kind: "too-few-runs", moreRuns };
}

/** Undefined where both runs missed: the pair does not show which is faster. */
function logRatio({ firstMs, otherMs }: RunPair): number | undefined {
  if (firstMs === undefined) return otherMs === undefined ? undefined : Number.NEGATIVE_INFINITY;
  if (otherMs === undefined) return Number.POSITIVE_INFINITY;
  // The difference of logarithms is exactly the opposite when the arms change places. A time of zero has no ratio.
  return firstMs === otherMs ? 0 : Math.log(otherMs) - Math.log(firstMs);
}

/** A ratio from its logarithm; absent if infinite, which JSON cannot hold. */
function known<Name extends string>(name: Name, log: number): { [name in Name]?: number } {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- TypeScript widens a computed key to string
  return (log === Number.POSITIVE_INFINITY ? {} : { [name]: Math.exp(log) }) as {
    [name in Name]?: number;
  };
}

function meanLog(logs: readonly number[]): number {
  let sum = 0;
  for (const value of logs) sum += value;
  return sum / logs.length;
}

/** For an even count the middle value that is closer to zero: the mean of the two may be that of opposite infinities. */
function medianLog(logs: readonly number[]): number {
  const sorted = logs.toSorted(compareNumbers);
  const lower = sorted[Math.floor((sorted.length - 1) / 2)] ?? 0;
  const upper = sorted[Math.ceil((sorted.length - 1) / 2)] ?? 0;
  if (Number.isFinite(lower) && Number.isFinite(upper)) return (lower + upper) / 2;
  if (lower === -upper) return 0;
  return Math.abs(lower) <= Math.abs(upper) ? lower : upper;
}

function compareNumbers(a: number, b: number): number {
  return a === b ? 0 : a - b;
}

function bootstrapInterval(
  logs: readonly number[],
  {
    centerOf,
    seed,
    resampleCount,
  }: { centerOf: (values: readonly number[]) => number } & Required<BootstrapOptions>,
): LogInterval {
  const random = seededRandom(seed);
  const resample: number[] = Array.from({ length: logs.length }, () => 0);
  const centers = Float64Array.from({ length: resampleCount }, () => {
    for (let index = 0; index < logs.length; index++)
      resample[index] = logs[random.below(logs.length)] ?? 0;
    return centerOf(resample);
  }).toSorted();
  const tail = widenedTail(logs.length);
  const [low, high] = [quantileOf(centers, tail), quantileOf(centers, 1 - tail)];
  // With missed runs, the center is a median, whose interval ends at pairs.
  if (!logs.every((value) => Number.isFinite(value))) return { low, high };
  const center = centerOf(logs);
  return {
    low: movedAway(low, center, logs.length),
    high: movedAway(high, center, logs.length),
  };
}

/**
 * Without this factor, the interval of a normal mean covers it in 93 % of simulated races of 6 pairs and in 94.7 % of those
 * of 20; with it, in 94.4 to 95.4 %.
 */
function movedAway(end: number, center: number, pairCount: number): number {
  return center + (end - center) * (1 + 3.6 / pairCount ** 2);
}

/** Interpolates between sorted values, except between infinite ones. */
function quantileOf(sorted: Float64Array, fraction: number): number {
  const position = (sorted.length - 1) * fraction;
  const below = sorted[Math.floor(position)] ?? 0;
  const above = sorted[Math.ceil(position)] ?? 0;
  if (Number.isFinite(below) && Number.isFinite(above))
    return below + (above - below) * (position - Math.floor(position));
  return sorted[Math.round(position)] ?? 0;
}

/** The share outside each end, so that the interval of a normal mean is as wide as Student's. */
function widenedTail(pairCount: number): number {
  return normalTail(Math.sqrt(pairCount / (pairCount - 1)) * studentT975(pairCount - 1));
}
