import type { AppliedCalibration } from "../../schema/plan/applied-calibration.ts";
import type { LearnedRun } from "../../schema/plan/learned-run.ts";
import type { PlanOffer } from "../../schema/plan/run-plan.ts";
import { describeRuns } from "./describe-runs.ts";
import type { EstimateAnswer, TimeEstimate, TimeSource } from "../search/time-estimate.ts";
import { learnedFactors } from "./learned-factors.ts";

/**
 * A source of times whose estimates are corrected by the user's own runs, and say so in their evidence. Intervals stay as
 * wide as they are: a few runs do not show how much the next one differs.
 */
export function calibratedTimes(
  times: TimeSource,
  runs: readonly LearnedRun[],
  subject: string,
): TimeSource {
  if (runs.length === 0) return times;
  const known = new WeakMap<TimeEstimate, TimeEstimate>();
  return (accelerator, count): EstimateAnswer => {
    const answer = times(accelerator, count);
    if (answer.kind === "none") return answer;
    const estimates = answer.estimates.map((estimate) => {
      const calibrated =
        known.get(estimate) ??
        calibrate(estimate, { accelerator: accelerator.name, runs, subject });
      known.set(estimate, calibrated);
      return calibrated;
    });
    return { kind: "estimates", estimates };
  };
}

function calibrate(
  estimate: TimeEstimate,
  {
    accelerator,
    runs,
    subject,
  }: { accelerator: string; runs: readonly LearnedRun[]; subject: string },
): TimeEstimate {
  const framework = estimate.layout.framework;
  const { basis } = estimate;
  const calibration = learnedFactors(runs, { accelerator, framework, subject, basis });
  if (calibration === undefined) return estimate;
  const time = trainFactor(calibration);
  const { samples, stepTimeMs, evaluationMs, mfu, detail } = estimate;
  const { stepTime = 1, samples: more = 1 } = calibration;
  return {
    ...estimate,
    calibration,
    trainMs: estimate.trainMs * time,
    samples: samples && { ...samples, amount: samples.amount * more },
    stepTimeMs: stepTimeMs === undefined ? undefined : stepTimeMs * stepTime,
    evaluationMs: evaluationMs === undefined ? undefined : evaluationMs * time,
    mfu: mfu === undefined ? undefined : (mfu * more) / time,
    evidence: withRuns(estimate.evidence, calibration),
    detail: detail && (() => calibratedDetail(detail(), calibration, estimate)),
  };
}

function trainFactor({ trainTime = 1, stepTime = 1, samples = 1 }: AppliedCalibration): number {
  return trainTime * stepTime * samples;
}

function calibratedDetail(
  detail: ReturnType<NonNullable<TimeEstimate["detail"]>>,
  calibration: AppliedCalibration,
  estimate: TimeEstimate,
): ReturnType<NonNullable<TimeEstimate["detail"]>> {
  const { breakdown, evidence = estimate.evidence } = detail;
  return {
    ...detail,
    evidence: withRuns(evidence, calibration),
    ...(breakdown === undefined ? {} : { breakdown: scaled(breakdown, calibration.stepTime ?? 1) }),
  };
}

type Breakdown = NonNullable<PlanOffer["breakdown"]>;

/** The parts add up to the calibrated step. */
function scaled(breakdown: Breakdown, factor: number): Breakdown {
  const parts = Object.entries(breakdown).map(([part, ms]) => [part, ms * factor]);
  return { ...breakdown, ...Object.fromEntries(parts) };
}

function withRuns(
  evidence: PlanOffer["evidence"],
  calibration: AppliedCalibration,
): PlanOffer["evidence"] {
  const text = describeRuns(calibration, trainFactor(calibration));
  if (evidence === undefined) return { text, source: "plan-calibration.jsonl", distance: 0 };
  return { ...evidence, text: `${evidence.text}; ${text}` };
}
