import type { PlanComparison } from "../../../schema/plan/plan-comparison.ts";
import { compareWithPlan } from "../../../score/use/compare-with-plan.ts";
import type { TrackedRun } from "../../../score/tracking/tracked-run.ts";
import { FollowedSamples } from "../../../store/samples/follow-samples.ts";
import type { RunRecord } from "../../../store/records/run-store.ts";
import { measuredRun, medianStepMs } from "../measured-run.ts";

/** How far the plan of a finished run was off; undefined without a plan or a result. Reads the samples of rank 0. */
export async function compareRecord(
  { request, result, events, directory }: RunRecord,
  run: TrackedRun,
): Promise<PlanComparison | undefined> {
  if (request.plan === undefined || result === undefined) return undefined;
  const samples = new FollowedSamples(directory, new Set(["rank-0.jsonl"]));
  await samples.readOn("all");
  return compareWithPlan(request.plan, {
    ...measuredRun({ request, result, events: events.events }, run),
    sampledStepMs: medianStepMs(samples.steps.chunks),
  });
}
