import type { LifecycleEventBody } from "../../../schema/run/events/lifecycle-event.ts";
import type { TrackUpdate } from "../../../score/tracking/tracked-run.ts";

/** The event that records a change of a run; most changes are not recorded. */
export function lifecycleEventOf(change: TrackUpdate): LifecycleEventBody | undefined {
  if (change.kind === "clock-started") return { kind: "clock-started", by: change.by };
  if (change.kind !== "target-reached") return undefined;
  const body: LifecycleEventBody = { kind: "target-reached", value: change.value };
  if (change.samplesCount !== undefined) body.samplesCount = change.samplesCount;
  return body;
}
