import type { AppliedCalibration } from "../../schema/plan/applied-calibration.ts";
import type { LearnedPart, LearnedRun } from "../../schema/plan/learned-run.ts";
import type { PlanBasis } from "../../schema/plan/run-plan.ts";

/** What is planned. */
export interface LearnedKey {
  accelerator: string;
  framework: string | undefined;
  subject: string;
  basis: PlanBasis;
}

/** So many runs move a prediction half of the way to what they measured. */
const runsForHalf = 2;

/**
 * Factors on the predictions of a plan, from the user's runs; undefined without runs that apply.
 *
 * Few runs say little: n runs with a mean m of the logarithm of measured over predicted give n / (n + 2) x m. Step time and
 * initialization are learned from the runs of other subjects on the accelerator and framework first; those of the same subject
 * shift them from there by the same rule. Samples are learned by subject. Of a plan from published results, the time to train is learned by
 * subject and accelerator instead.
 */
export function learnedFactors(
  runs: readonly LearnedRun[],
  { accelerator, framework, subject, basis }: LearnedKey,
): AppliedCalibration | undefined {
  const ofSubject = runs.filter((run) => run.subject === subject);
  const ofAccelerator = runs.filter((run) => run.accelerator === accelerator);
  const alike = ofAccelerator.filter((run) => run.framework === framework);
  const both = ofAccelerator.filter((run) => run.subject === subject);
  const start = { part: "start", ...nested("start", alike, subject) };
  const shrunk =
    basis === "published"
      ? [start, { part: "trainTime", ...shrunkLog("trainTime", both, 0) }]
      : [
          start,
          { part: "stepTime", ...nested("stepTime", alike, subject) },
          { part: "samples", ...shrunkLog("samples", ofSubject, 0) },
        ];
  const known = shrunk.filter(({ runIds }) => runIds.length > 0);
  if (known.length === 0) return undefined;
  const runCount = new Set(known.flatMap(({ runIds }) => runIds)).size;
  const factors = Object.fromEntries(known.map(({ part, log }) => [part, Math.exp(log)]));
  return { ...factors, runCount };
}

interface Shrunk {
  log: number;
  runIds: readonly string[];
}

/** Those of other subjects first, so that no run counts twice. */
function nested(part: LearnedPart, alike: readonly LearnedRun[], subject: string): Shrunk {
  const others = alike.filter((run) => run.subject !== subject);
  const own = alike.filter((run) => run.subject === subject);
  const general = shrunkLog(part, others, 0);
  const shifted = shrunkLog(part, own, general.log);
  return { log: shifted.log, runIds: [...general.runIds, ...shifted.runIds] };
}

/** From a starting point towards the mean of the runs. */
function shrunkLog(part: LearnedPart, runs: readonly LearnedRun[], from: number): Shrunk {
  const logs = runs.flatMap(({ ratios }) => {
    const ratio = ratios[part];
    return ratio === undefined ? [] : [Math.log(ratio)];
  });
  const runIds = runs.filter(({ ratios }) => ratios[part] !== undefined).map(({ runId }) => runId);
  if (logs.length === 0) return { log: from, runIds };
  const mean = logs.reduce((sum, log) => sum + log, 0) / logs.length;
  return { log: from + (logs.length / (logs.length + runsForHalf)) * (mean - from), runIds };
}
