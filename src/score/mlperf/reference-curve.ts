import type { MlperfBenchmark } from "../../schema/logs/mlperf-round.ts";
import type { ReferenceConvergence } from "../../schema/logs/reference-convergence.ts";
import type { ReferenceCurve, SubmittedPoint } from "../../schema/logs/reference-curve.ts";
import type { BenchmarkResult, ConvergenceTest } from "../../schema/logs/submission.ts";
import { checkConvergence } from "./check-convergence.ts";
import { prunePoints, referencePoints } from "./reference-points.ts";

/** Places along the curve, evenly in the logarithm of the batch size. */
const curveSteps = 48;

/**
 * Calculates the curve that the convergence check compares submissions with.
 *
 * @param records the reference convergence points of one benchmark in one edition
 */
export function calculateReferenceCurve(
  records: readonly ReferenceConvergence[],
  benchmark: MlperfBenchmark,
): Omit<ReferenceCurve, "submitted" | "editions"> {
  const [first] = records;
  if (first === undefined) throw new RangeError("a curve requires a reference point");
  const { edition, unit } = first;
  const used = prunePoints(referencePoints(records));
  const testAt = (globalBatchSize: number): ConvergenceTest | undefined => {
    const submitted = { benchmark, edition, globalBatchSize, amounts: [] };
    const check = checkConvergence(submitted, records);
    // A batch size below all used points is tested against the smallest of them: "missing", but with a test.
    return "test" in check ? check.test : undefined;
  };
  const points = records
    .toSorted((a, b) => a.globalBatchSize - b.globalBatchSize)
    .flatMap((record) => {
      const { name, globalBatchSize, convergence, hyperparameters } = record;
      return referencePoints([record]).map(({ mean, standardDeviation }) => ({
        name,
        globalBatchSize,
        amounts: convergence.toSorted((a, b) => a - b),
        mean,
        standardDeviation,
        isUsed: used.some((point) => point.globalBatchSize === globalBatchSize),
        smallestAcceptableMean: testAt(globalBatchSize)?.smallestAcceptableMean,
        hyperparameters,
      }));
    });
  const checked = batchSizesAlong(used.map((point) => point.globalBatchSize)).flatMap(
    (globalBatchSize) => {
      const test = testAt(globalBatchSize);
      if (test === undefined) return [];
      const { referenceMean, smallestAcceptableMean } = test;
      return [{ globalBatchSize, referenceMean, smallestAcceptableMean }];
    },
  );
  return { edition, benchmark, unit, points, checked };
}

/** The given batch sizes and whole numbers between them. */
function batchSizesAlong(batchSizes: readonly number[]): number[] {
  const from = Math.min(...batchSizes);
  const to = Math.max(...batchSizes);
  const between = Array.from({ length: curveSteps + 1 }, (_, step) =>
    Math.round(from * (to / from) ** (step / curveSteps)),
  );
  return [...new Set([...batchSizes, ...between])].toSorted((a, b) => a - b);
}

/** The place of a result beside the reference; `undefined` if its convergence was not tested. */
export function placeBesideReference(result: BenchmarkResult): SubmittedPoint | undefined {
  const { folder, convergence: check, runs, globalBatchSize } = result;
  if (globalBatchSize === undefined) return undefined;
  const amounts = runs.flatMap(({ convergence }) => convergence ?? []);
  const own = { folder, globalBatchSize, amounts };
  switch (check.kind) {
    case "found":
    case "interpolated":
    case "smaller-batch":
      return { ...own, ...outcomeOf(check.test) };
    case "missing":
      return { ...own, mean: check.test?.submissionMean, outcome: "no-reference" };
    case "insufficient":
      return { ...own, outcome: "too-few-converged" };
    case "no-batch-size":
    case "not-stated":
    case "not-checked":
      return undefined;
  }
}

function outcomeOf({ submissionMean: mean, smallestAcceptableMean, passes }: ConvergenceTest) {
  // Of one or two runs, none is left after the fastest and the slowest are dropped.
  if (mean === undefined) return { smallestAcceptableMean, outcome: "too-few-converged" as const };
  const outcome = passes ? ("passes" as const) : ("converges-too-fast" as const);
  return { mean, smallestAcceptableMean, outcome };
}
