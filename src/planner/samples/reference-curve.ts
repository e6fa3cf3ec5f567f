import { groupBy } from "../../foundation/collections/group-by.ts";
import { quantile } from "../../foundation/numbers/statistics.ts";
import type { ReferenceConvergence } from "../../schema/logs/reference-convergence.ts";

/** What the reference runs of one batch size needed. */
export interface ReferencePoint {
  batchSize: number;
  /** Mean without the smallest and largest run, as MLPerf scores them; of fewer than five runs, the median. */
  amount: number;
  /** Standard deviation of the natural logarithm over seeds. */
  logSpread: number;
  runCount: number;
}

/** S(B) = minimum x (1 + B / criticalBatchSize); without a critical batch size, the amount is constant. */
export interface SamplesLaw {
  minimum: number;
  criticalBatchSize: number | undefined;
}

/** Samples to the target over the global batch size, from reference convergence points. */
export interface ReferenceCurve {
  benchmark: string;
  edition: string;
  /** Of `points`: `epochs`, `samples`, `steps` or `tokens`, as the benchmark counts them. */
  unit: ReferenceConvergence["unit"];
  /** By rising batch size; at least one. */
  points: readonly ReferencePoint[];
  law: SamplesLaw;
  /** Standard deviation of the logarithm over seeds, pooled over the batch sizes. */
  logSpread: number;
}

/** Fewer runs say little about their spread. */
const minimumRunsForSpread = 5;
/** Between the 10th and the 90th percentile of a normal distribution, in standard deviations. */
const widthOf80Percent = 2.563;

/**
 * The convergence curve of a benchmark, from the newest edition that has reference points for it.
 *
 * @param names the current name of the benchmark and the names that reference points use, newest first
 */
export function referenceCurve(
  names: readonly string[],
  records: readonly ReferenceConvergence[],
): ReferenceCurve | undefined {
  const own = records.filter(({ benchmark }) => names.includes(benchmark));
  const editions = [...groupBy(own, ({ edition }) => edition).entries()];
  const [edition, ofEdition] = editions.toSorted(([a], [b]) => compareEditions(b, a))[0] ?? [];
  const first = ofEdition?.[0];
  if (edition === undefined || ofEdition === undefined || first === undefined) return undefined;
  const points = [...groupBy(ofEdition, ({ globalBatchSize }) => String(globalBatchSize)).values()]
    .map(pointOf)
    .toSorted((a, b) => a.batchSize - b.batchSize);
  const spreads = points
    .filter(({ runCount }) => runCount >= minimumRunsForSpread)
    .map(({ logSpread }) => logSpread);
  return {
    benchmark: names[0] ?? first.benchmark,
    edition,
    unit: first.unit,
    points,
    law: fitLaw(points),
    logSpread: spreads.length === 0 ? defaultLogSpread : quantile(spreads, 0.5),
  };
}

/** The median over the batch sizes of rounds 4.0 and later, for benchmarks with fewer than five runs of each size. */
const defaultLogSpread = 0.04;

function pointOf(records: readonly ReferenceConvergence[]): ReferencePoint {
  const runs = records.flatMap(({ convergence }) => convergence).toSorted((a, b) => a - b);
  const enough = runs.length >= minimumRunsForSpread;
  const kept = runs.slice(1, -1);
  const amount = enough
    ? kept.reduce((sum, run) => sum + run, 0) / kept.length
    : quantile(runs, 0.5);
  const logs = runs.filter((run) => run > 0).map((run) => Math.log(run));
  const logSpread = enough ? (quantile(logs, 0.9) - quantile(logs, 0.1)) / widthOf80Percent : 0;
  return { batchSize: records[0]?.globalBatchSize ?? 0, amount, logSpread, runCount: runs.length };
}

/**
 * Weighted least squares of S(B) = a + b B, with relative errors. A negative slope becomes a constant, and a negative
 * intercept a proportional law through the largest point.
 *
 * @see McCandlish et al. 2018, An empirical model of large-batch training, https://arxiv.org/abs/1812.06162
 */
export function fitLaw(
  points: readonly Pick<ReferencePoint, "batchSize" | "amount">[],
): SamplesLaw {
  const sums = { w: 0, x: 0, y: 0, xx: 0, xy: 0 };
  for (const { batchSize: x, amount: y } of points) {
    const w = 1 / y ** 2;
    sums.w += w;
    sums.x += w * x;
    sums.y += w * y;
    sums.xx += w * x * x;
    sums.xy += w * x * y;
  }
  const spread = sums.w * sums.xx - sums.x ** 2;
  const mean = sums.y / sums.w;
  if (points.length < 2 || spread <= 0) return { minimum: mean, criticalBatchSize: undefined };
  const slope = (sums.w * sums.xy - sums.x * sums.y) / spread;
  const intercept = (sums.y - slope * sums.x) / sums.w;
  if (slope <= 0) return { minimum: mean, criticalBatchSize: undefined };
  // Points from a narrow range of batch sizes may extrapolate below zero.
  const minimum = Math.max(intercept, 0.1 * mean);
  return { minimum, criticalBatchSize: minimum / slope };
}

/** Numbers of rounds in order: `training-5.1` after `training-5.0`. */
function compareEditions(a: string, b: string): number {
  return roundOf(a) - roundOf(b);
}

function roundOf(edition: string): number {
  return Number(edition.slice(edition.lastIndexOf("-") + 1));
}
