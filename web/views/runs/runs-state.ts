import { signal } from "@preact/signals";
import type { ApiError } from "../../api.ts";
import type { RunListItem } from "../../../src/schema/dashboard/run-list.ts";
import {
  runsStreamEvents,
  type RunsStreamEvent,
} from "../../../src/schema/dashboard/runs-stream.ts";
import type { Connection } from "../../live/connection.ts";
import type { StreamMessage } from "../../live/event-stream.ts";
import { asFailure, follow, readData } from "../../live/follow.ts";
import { nextPaint } from "../../live/next-paint.ts";
import { serverNowMs } from "../../live/server-clock.ts";
import { applyRunsEvent } from "./apply-runs-event.ts";
import type { ReceivedRun } from "./view-model.ts";

/** The state of the list of runs. */
export interface RunsState {
  /** Undefined until the first snapshot. */
  runs: ReadonlyMap<string, ReceivedRun> | undefined;
  /** Whether the server is still reading older runs. */
  isPartial: boolean;
  connection: Connection;
  /** Why no data has arrived. */
  failure: ApiError | undefined;
}

const start: RunsState = {
  runs: undefined,
  isPartial: false,
  connection: { kind: "connecting" },
  failure: undefined,
};

/** Shared by all visits of the page, so that returning to it shows the list immediately. */
export const runsState = signal<RunsState>(start);

/** Keeps the list up to date until the signal is aborted. */
export async function followRuns(signal: AbortSignal): Promise<void> {
  for await (const update of follow("api/runs/stream", {}, signal)) {
    const state = runsState.peek();
    switch (update.kind) {
      case "opened":
        runsState.value = { ...state, connection: { kind: "live" }, failure: undefined };
        break;
      case "message":
        runsState.value = { ...state, ...applied(state, update.message) };
        // The newest runs are shown before thousands of others are read.
        if (runsState.peek().isPartial) await nextPaint();
        break;
      case "lost":
        runsState.value = { ...state, connection: lost(state), failure: asFailure(update.reason) };
        break;
      case "ended": {
        const failure = asFailure(update.reason);
        runsState.value = { ...state, connection: { kind: "failed", failure }, failure };
      }
    }
  }
}

function lost({ connection }: RunsState): Connection {
  return connection.kind === "live" ? { kind: "reconnecting", sinceMs: serverNowMs() } : connection;
}

function applied(
  { runs, isPartial }: RunsState,
  message: StreamMessage,
): Pick<RunsState, "runs" | "isPartial"> {
  const event = readRunsEvent(message);
  if (event === undefined) return { runs, isPartial };
  return {
    runs: applyRunsEvent(runs ?? new Map(), event, serverNowMs()),
    isPartial: event.name === "snapshot" ? event.data.isPartial === true : isPartial,
  };
}

/** Returns undefined for an unknown event of a newer server. */
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
