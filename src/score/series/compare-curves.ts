import type { Evaluation, RunResult } from "../../schema/run/outcome/run-result.ts";

/** Whether a run has bit-identical evaluations to the run that it repeats. */
export type CurveComparison =
  | { kind: "identical"; evaluationCount: number }
  | { kind: "differs"; atEvaluation: number; was: number | undefined; is: number | undefined }
  | { kind: "nothing-to-compare" };

/** Compares the values of two runs' evaluations in order; their times may differ. */
export function compareCurves(was: RunResult | undefined, is: RunResult): CurveComparison {
  const before = was?.evaluations ?? [];
  const after = is.evaluations;
  if (before.length === 0 || after.length === 0) return { kind: "nothing-to-compare" };
  const length = Math.max(before.length, after.length);
  // Which evaluations are kept depends only on their values and number.
  for (let index = 0; index < length; index++) {
    if (!isSame(before[index], after[index])) {
      return {
        kind: "differs",
        atEvaluation: index + 1,
        was: before[index]?.value,
        is: after[index]?.value,
      };
    }
  }
  return { kind: "identical", evaluationCount: is.evaluationCount ?? length };
}

function isSame(a: Evaluation | undefined, b: Evaluation | undefined): boolean {
  return a?.value === b?.value && a?.samplesCount === b?.samplesCount;
}
