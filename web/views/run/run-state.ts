import { signal, type Signal } from "@preact/signals";
import { fetchRun, runPath, type ApiError } from "../../api.ts";
import type { XAxis } from "../../../src/schema/dashboard/run-series.ts";
import type { Connection } from "../../live/connection.ts";
import type { StreamMessage } from "../../live/event-stream.ts";
import { asFailure, follow } from "../../live/follow.ts";
import { noteNewsTime, serverNowMs } from "../../live/server-clock.ts";
import { applyRunEvent, knownRun, type KnownRun } from "./apply-run-event.ts";
import { readRunEvent } from "./read-run-event.ts";

/** What of the series the page wants to see; another question is another stream. */
export interface SeriesQuestion {
  names: readonly string[];
  xAxis: XAxis;
  rank: number | undefined;
  /** How many buckets are told apart on this screen. */
  width: number;
}

/** One run as one visit of its page follows it. */
export interface RunState {
  runId: string;
  run: Signal<KnownRun | undefined>;
  connection: Signal<Connection>;
  /** Why nothing has come yet. */
  failure: Signal<ApiError | undefined>;
}

export function runState(runId: string): RunState {
  return {
    runId,
    run: signal(undefined),
    connection: signal<Connection>({ kind: "connecting" }),
    failure: signal(undefined),
  };
}

/** Until then a large record's files may have been compared with their fingerprints. */
const askAgainMs = 3000;

/** Fetches the run's detail into the state, again where it was known. */
export async function fetchDetail(state: RunState, stop: AbortSignal): Promise<void> {
  try {
    const detail = await fetchRun(state.runId, stop);
    const known = state.run.peek();
    const heardMs = serverNowMs();
    state.run.value =
      known === undefined ? knownRun(detail, heardMs) : { ...known, detail, progressMs: heardMs };
    state.failure.value = undefined;
    const isChecking = detail.integrity.kind === "checking" && detail.isReadingSamples !== true;
    if (isChecking && detail.result !== undefined)
      setTimeout(() => void (stop.aborted ? undefined : fetchDetail(state, stop)), askAgainMs);
  } catch (error) {
    // Once the run is known, the connection tells what is wrong, and the stream when it is deleted.
    if (!stop.aborted && state.run.peek() === undefined) state.failure.value = asFailure(error);
  }
}

/** Keeps a fetched run up to date until the signal ends it. */
export async function followRun(
  state: RunState,
  { names, xAxis, rank, width }: SeriesQuestion,
  stop: AbortSignal,
): Promise<void> {
  const question = { names: names.join(","), x: xAxis, width, rank };
  for await (const news of follow(`${runPath(state.runId)}/stream`, question, stop)) {
    switch (news.kind) {
      case "opened":
        state.connection.value = { kind: "live" };
        break;
      case "message":
        await takeMessage(state, news.message, stop);
        break;
      case "lost":
        state.connection.value = lostConnection(state.connection.peek());
        break;
      case "ended":
        takeEnd(state, asFailure(news.reason));
    }
    if (state.run.peek()?.isRemoved === true) {
      state.connection.value = { kind: "removed" };
      return;
    }
  }
}

async function takeMessage(
  state: RunState,
  message: StreamMessage,
  stop: AbortSignal,
): Promise<void> {
  const event = readRunEvent(message);
  const run = state.run.peek();
  if (event === undefined || run === undefined) return;
  if (event.name === "progress") noteNewsTime(event.data.serverTimeMs, performance.now());
  const wasRunning = run.detail.state.kind === "running";
  const wasReading = run.detail.isReadingSamples === true;
  state.run.value = applyRunEvent(run, event);
  // The verdict changes what else is known of the record: its fingerprints, its axes. So do samples, once they are read.
  const tellsMore =
    (event.name === "finished" && wasRunning) || (event.name === "series" && wasReading);
  if (tellsMore) await fetchDetail(state, stop);
}

function lostConnection(connection: Connection): Connection {
  return connection.kind === "reconnecting"
    ? connection
    : { kind: "reconnecting", sinceMs: serverNowMs() };
}

function takeEnd(state: RunState, failure: ApiError): void {
  const run = state.run.peek();
  if (failure.status === 404 && run !== undefined) state.run.value = { ...run, isRemoved: true };
  else state.connection.value = { kind: "failed", failure };
}
