import type { RunsStreamEvent } from "../../../src/schema/dashboard/runs-stream.ts";
import type { ReceivedRun } from "./view-model.ts";

/** Applies a stream event to the list, and returns the new list. */
export function applyRunsEvent(
  runs: ReadonlyMap<string, ReceivedRun>,
  event: RunsStreamEvent,
  receivedMs: number,
): ReadonlyMap<string, ReceivedRun> {
  switch (event.name) {
    case "snapshot":
      return new Map(event.data.runs.map((item) => [item.runId, { item, receivedMs }]));
    case "run":
      return new Map(runs).set(event.data.runId, { item: event.data, receivedMs });
    case "removed": {
      const remaining = new Map(runs);
      remaining.delete(event.data.runId);
      return remaining;
    }
  }
}
