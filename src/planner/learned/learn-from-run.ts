import type { PlanComparison } from "../../schema/plan/plan-comparison.ts";
import type { PlanExpectation } from "../../schema/plan/plan-expectation.ts";
import { learnedParts, type LearnedPart, type LearnedRun } from "../../schema/plan/learned-run.ts";

/** A finished run with its plan. */
export interface RunWithPlan {
  runId: string;
  plan: PlanExpectation;
  comparison: PlanComparison;
  /** What it ran on, by name in the catalog; `cpu` without accelerators; undefined if unknown. */
  accelerator: string | undefined;
  /** Accelerators of all nodes; 1 without accelerators. */
  count: number;
  /** `2026-11-29`. */
  learnedOn: string;
}

/** What was learned, and why parts or all of it was not. */
export interface Lesson {
  run: LearnedRun | undefined;
  reasons: readonly string[];
}

const partNames: Readonly<Record<LearnedPart, string>> = {
  trainTime: "time to train",
  stepTime: "step time",
  samples: "the number of samples",
  start: "initialization",
};

/** A run this far from its plan did something else than was planned. */
const largestRatio = 4;

/** What a run says about its plan: ratios to what the planner predicted before any calibration. */
export function learnFromRun(run: RunWithPlan): Lesson {
  const { runId, plan, comparison, learnedOn } = run;
  const mismatch = mismatchOf(run);
  if (mismatch !== undefined) return { run: undefined, reasons: [mismatch] };
  const ratios: Partial<Record<LearnedPart, number>> = {};
  const reasons: string[] = [];
  for (const part of learnedParts) {
    const measured = comparison.parts.find((one) => one.part === part);
    if (measured?.ratio === undefined || !isOfPart(part, plan, measured.predicted.p50)) continue;
    const ratio = measured.ratio * (plan.calibration?.[part] ?? 1);
    if (Math.max(ratio, 1 / ratio) <= largestRatio) ratios[part] = ratio;
    else
      reasons.push(
        `${partNames[part]} is ${ratio.toPrecision(2)}x the plan: the run was not what was planned`,
      );
  }
  if (Object.keys(ratios).length === 0)
    return {
      run: undefined,
      reasons: reasons.length > 0 ? reasons : ["nothing of its plan was measured"],
    };
  const { subject, accelerator, count, basis, layout } = plan;
  const framework = layout?.framework;
  const named = { runId, learnedOn, subject, accelerator, count, framework, basis };
  return { run: { schemaVersion: 1, ...named, ratios }, reasons };
}

function mismatchOf({ plan, accelerator, count }: RunWithPlan): string | undefined {
  if (accelerator !== plan.accelerator)
    return `it ran on ${accelerator ?? "an accelerator that is not in the catalog"}, planned for ${plan.accelerator}`;
  if (count !== plan.count) return `it ran on ${count} accelerators, planned for ${plan.count}`;
  return undefined;
}

/**
 * A time to train is learned only for plans from published results: the model's consists of steps and samples. It is not
 * comparable if initialization was added to the prediction. A number of samples without a spread was given, not predicted.
 */
function isOfPart(part: LearnedPart, plan: PlanExpectation, predicted: number): boolean {
  if (part === "samples") return plan.samples?.p10 === undefined || plan.samples.p10 < predicted;
  if (part !== "trainTime") return true;
  return plan.basis === "published" && predicted === plan.trainMs.p50;
}
