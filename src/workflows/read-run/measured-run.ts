import { median } from "../../foundation/numbers/statistics.ts";
import type { LifecycleEvent } from "../../schema/run/events/lifecycle-event.ts";
import type { RunRequest } from "../../schema/run/request/run-request.ts";
import type { RunResult } from "../../schema/run/outcome/run-result.ts";
import type { MeasuredRun } from "../../score/use/compare-with-plan.ts";
import type { TrackedRun } from "../../score/tracking/tracked-run.ts";
import type { StepChunk } from "../../store/samples/step-columns.ts";

/** What a record says for the comparison with its plan, without its samples. */
export function measuredRun(
  {
    request,
    result,
    events,
  }: {
    request: Pick<RunRequest, "system">;
    result: RunResult;
    events: readonly LifecycleEvent[];
  },
  { phases }: TrackedRun,
): Omit<MeasuredRun, "sampledStepMs"> {
  // A program's own `run_start` replaces a clock that started at launch.
  const starts = events.flatMap(({ event }) => (event.kind === "clock-started" ? [event.by] : []));
  const { number_of_nodes: nodes, accelerators_per_node: perNode } = request.system;
  return {
    result,
    acceleratorCount: nodes * perNode,
    startsAtLaunch: starts.at(-1) === "launch",
    evaluationMs: phases.evaluationMs,
    globalBatchSize: phases.globalBatchSize,
  };
}

/** The median time of a step of rank 0; undefined without samples. */
export function medianStepMs(chunks: readonly StepChunk[]): number | undefined {
  const times: number[] = [];
  for (const { rowCount, rank, computeMs, communicationMs, dataWaitMs } of chunks)
    for (let row = 0; row < rowCount; row++)
      if (rank[row] === 0)
        times.push((computeMs[row] ?? 0) + (communicationMs[row] ?? 0) + (dataWaitMs[row] ?? 0));
  return times.length === 0 ? undefined : median(times);
}
