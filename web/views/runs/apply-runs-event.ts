import type { RunsStreamEvent } from "../../../src/schema/dashboard/run-stream.ts";
import type { HeardRun } from "./view-model.ts";

/** The list after what the server told; the list before stays as it was. */
export function applyRunsEvent(
  runs: ReadonlyMap<string, HeardRun>,
  event: RunsStreamEvent,
  heardMs: number,
): ReadonlyMap<string, HeardRun> {
  switch (event.name) {
    case "snapshot":
      return new Map(event.data.runs.map((item) => [item.runId, { item, heardMs }]));
    case "run":
      return new Map(runs).set(event.data.runId, { item: event.data, heardMs });
    case "removed": {
      const left = new Map(runs);
      left.delete(event.data.runId);
      return left;
    }
  }
}
