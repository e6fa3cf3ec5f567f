import { signal } from "@preact/signals";
import type { ApiError } from "../../api.ts";
import type { RunListItem } from "../../../src/schema/dashboard/run-list.ts";
import {
  runsStreamEvents,
  type RunsStreamEvent,
} from "../../../src/schema/dashboard/run-stream.ts";
import type { Connection } from "../../live/connection.ts";
import type { StreamMessage } from "../../live/event-stream.ts";
import { asFailure, follow, readData } from "../../live/follow.ts";
import { serverNowMs } from "../../live/server-clock.ts";
import { applyRunsEvent } from "./apply-runs-event.ts";
import type { HeardRun } from "./view-model.ts";

/** The list of runs as this page knows it. */
export interface RunsState {
  /** Absent until the server has told. */
  runs: ReadonlyMap<string, HeardRun> | undefined;
  connection: Connection;
  /** Why nothing has come yet. */
  failure: ApiError | undefined;
}

const start: RunsState = {
  runs: undefined,
  connection: { kind: "connecting" },
  failure: undefined,
};

/** Shared by all visits of the page, so that coming back shows the list at once. */
export const runsState = signal<RunsState>(start);

/** Keeps the list up to date until the signal ends it. */
export async function followRuns(signal: AbortSignal): Promise<void> {
  for await (const news of follow("api/runs/stream", {}, signal)) {
    const state = runsState.peek();
    switch (news.kind) {
      case "opened":
        runsState.value = { ...state, connection: { kind: "live" }, failure: undefined };
        break;
      case "message":
        runsState.value = { ...state, runs: applied(state, news.message) };
        break;
      case "lost":
        runsState.value = { ...state, connection: lost(state), failure: asFailure(news.reason) };
        break;
      case "ended": {
        const failure = asFailure(news.reason);
        runsState.value = { ...state, connection: { kind: "failed", failure }, failure };
      }
    }
  }
}

function lost({ connection }: RunsState): Connection {
  return connection.kind === "live" ? { kind: "reconnecting", sinceMs: serverNowMs() } : connection;
}

function applied({ runs }: RunsState, message: StreamMessage): RunsState["runs"] {
  const event = readRunsEvent(message);
  return event === undefined ? runs : applyRunsEvent(runs ?? new Map(), event, serverNowMs());
}

/** Undefined for an event that a later server may know. */
function readRunsEvent(message: StreamMessage): RunsStreamEvent | undefined {
  switch (message.event) {
    case "snapshot":
      return { name: "snapshot", data: readData(runsStreamEvents.snapshot, message) };
    case "run":
      return { name: "run", data: readData<RunListItem>(runsStreamEvents.run, message) };
    case "removed":
      return { name: "removed", data: readData(runsStreamEvents.removed, message) };
    default:
      return undefined;
  }
}
