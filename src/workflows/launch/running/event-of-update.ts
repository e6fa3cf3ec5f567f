import type { RunEvent } from "../../../schema/run/events/run-event.ts";
import type { TrackUpdate } from "../../../score/tracking/tracked-run.ts";

/** The event that reports a change of a run. */
export function eventOfUpdate(change: TrackUpdate, runId: string): RunEvent {
  switch (change.kind) {
    case "clock-started":
      return { kind: "clock-started", runId, by: change.by };
    case "evaluation":
      return { kind: "evaluation", runId, metric: change.metric, evaluation: change.evaluation };
    case "target-reached":
      return {
        kind: "target-reached",
        runId,
        value: change.value,
        samplesCount: change.samplesCount,
      };
  }
}
