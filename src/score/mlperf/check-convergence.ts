import {
  droppedAtEachEnd,
  type MlperfBenchmark,
  requiredRunCount,
} from "../../schema/logs/mlperf-round.ts";
import type { ReferenceConvergence } from "../../schema/logs/reference-convergence.ts";
import type { ConvergenceCheck, ConvergenceTest } from "../../schema/logs/submission.ts";
import {
  interpolatePoint,
  prunePoints,
  type ReferencePoint,
  referencePoints,
  smallestAcceptableMean,
  trimmedMean,
} from "./reference-points.ts";
import { oneSidedPValue } from "./student-t.ts";

/** A submission's convergence: the amount per run, or `undefined` for a run that did not converge. */
export interface SubmittedConvergence {
  benchmark: MlperfBenchmark;
  edition: string;
  globalBatchSize: number;
  amounts: readonly (number | undefined)[];
  /** Whether the review committee waived this test for the submission. Default: false. */
  isBypassed?: boolean;
}

/** From round 5.0, llama31_405b may converge one evaluation interval earlier than the t-test allows. */
const llama405bAllowanceSamples = 46_080;

/**
 * Tests whether a submission converges significantly faster than the reference, and calculates the factor that
 * compensates for the difference.
 *
 * @param records the edition's reference convergence points of this benchmark
 * @see mlcommons/logging, rcp_checker; MLPerf training rules, "Reference Convergence Points"
 */
export function checkConvergence(
  submitted: SubmittedConvergence,
  records: readonly ReferenceConvergence[],
): ConvergenceCheck {
  const { benchmark, globalBatchSize, amounts, isBypassed = false } = submitted;
  const [first] = records;
  if (first === undefined) return { kind: "not-checked", reason: "no-reference" };
  const allowed = droppedAtEachEnd(benchmark);
  const unconverged = amounts.filter((amount) => amount === undefined).length;
  if (unconverged > allowed) return { kind: "insufficient", unconverged, allowed };

  const points = prunePoints(referencePoints(records));
  const match = matchPoint(points, globalBatchSize, 2 * requiredRunCount(benchmark));
  if (match === undefined) return { kind: "missing", globalBatchSize, test: undefined, isBypassed };
  const test = testAgainst(match, submitted, first.unit);
  if (match.kind === "smaller-batch" && !test.passes)
    return { kind: "missing", globalBatchSize, test, isBypassed };
  return { kind: match.kind, test, isBypassed: isBypassed && !test.passes };
}

interface Match {
  kind: "found" | "interpolated" | "smaller-batch";
  point: ReferencePoint;
  batchSizes: readonly number[];
}

/** Undefined if all points have a smaller batch size, because the reference does not cover larger ones. */
function matchPoint(
  points: readonly ReferencePoint[],
  globalBatchSize: number,
  interpolatedRunCount: number,
): Match | undefined {
  const exact = points.find((point) => point.globalBatchSize === globalBatchSize);
  if (exact !== undefined) return { kind: "found", point: exact, batchSizes: [globalBatchSize] };
  const below = points.findLast((point) => point.globalBatchSize < globalBatchSize);
  const above = points.find((point) => point.globalBatchSize > globalBatchSize);
  if (above === undefined) return undefined;
  if (below === undefined)
    return { kind: "smaller-batch", point: above, batchSizes: [above.globalBatchSize] };
  return {
    kind: "interpolated",
    point: interpolatePoint(globalBatchSize, [below, above], interpolatedRunCount),
    batchSizes: [below.globalBatchSize, above.globalBatchSize],
  };
}

function testAgainst(
  { point, batchSizes }: Match,
  { benchmark, edition, globalBatchSize, amounts }: SubmittedConvergence,
  unit: ConvergenceTest["unit"],
): ConvergenceTest {
  const submissionRunCount = requiredRunCount(benchmark) - 2;
  const allowance = hasAllowance(benchmark, edition) ? llama405bAllowanceSamples : 0;
  const smallest = smallestAcceptableMean(point, { submissionRunCount, allowance });
  const largestSpeedup = point.mean / smallest;
  const mean = trimmedMean(
    amounts.map((amount) => amount ?? Number.POSITIVE_INFINITY),
    droppedAtEachEnd(benchmark),
  );
  const submissionMean = Number.isNaN(mean) ? undefined : mean;
  return {
    unit,
    globalBatchSize,
    referenceBatchSizes: batchSizes,
    referenceMean: point.mean,
    referenceStandardDeviation: point.standardDeviation,
    submissionMean,
    smallestAcceptableMean: smallest,
    largestSpeedup,
    pValue:
      submissionMean === undefined || point.standardDeviation === 0
        ? undefined
        : oneSidedPValue({
            meanDifference: submissionMean - point.mean,
            standardDeviation: point.standardDeviation,
            counts: [point.runCount, submissionRunCount],
          }),
    // Divide like the official check, so that a mean equal to the smallest acceptable mean passes.
    passes: submissionMean !== undefined && submissionMean >= point.mean / largestSpeedup,
    normalisationFactor:
      submissionMean === undefined ? undefined : Math.max(1, point.mean / submissionMean),
  };
}

function hasAllowance(benchmark: MlperfBenchmark, edition: string): boolean {
  return benchmark === "llama31_405b" && edition.startsWith("training-");
}

/** Returns the factor that the package checker writes, or undefined for a failed test. */
export function scalingFactorOf(check: ConvergenceCheck): number | undefined {
  switch (check.kind) {
    case "found":
    case "interpolated":
    case "smaller-batch":
      return check.test.passes ? check.test.normalisationFactor : undefined;
    case "missing":
    case "no-batch-size":
    case "insufficient":
    case "not-stated":
    case "not-checked":
      return undefined;
  }
}
