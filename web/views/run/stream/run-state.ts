import { signal, type Signal } from "@preact/signals";
import { runPath, type ApiError } from "../../../api.ts";
import { fetchRun } from "../../../requests/run.ts";
import type { XAxis } from "../../../../src/schema/dashboard/run-series.ts";
import type { Connection } from "../../../live/connection.ts";
import type { StreamMessage } from "../../../live/event-stream.ts";
import { asFailure, follow } from "../../../live/follow.ts";
import { noteEventTime, serverNowMs } from "../../../live/server-clock.ts";
import { applyRunEvent, knownRun, type KnownRun } from "./apply-run-event.ts";
import { readRunEvent } from "./read-run-event.ts";

/** The series that the page requests; a change opens a new stream. */
export interface SeriesRequest {
  names: readonly string[];
  xAxis: XAxis;
  rank: number | undefined;
  /** Number of buckets that the screen can show. */
  width: number;
}

/** The state of one run while its page is open. */
export interface RunState {
  runId: string;
  run: Signal<KnownRun | undefined>;
  connection: Signal<Connection>;
  /** Why no data has arrived. */
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

/** Refetch delay while the files of a large record are compared with their SHA-256. */
const refetchMs = 3000;

/** Fetches the detail of the run into the state. */
export async function fetchDetail(state: RunState, stop: AbortSignal): Promise<void> {
  try {
    const detail = await fetchRun(state.runId, stop);
    const known = state.run.peek();
    const receivedMs = serverNowMs();
    state.run.value =
      known === undefined
        ? knownRun(detail, receivedMs)
        : { ...known, detail, progressMs: receivedMs };
    state.failure.value = undefined;
    const isChecking = detail.integrity.kind === "checking" && detail.isReadingSamples !== true;
    if (isChecking && detail.result !== undefined)
      setTimeout(() => void (stop.aborted ? undefined : fetchDetail(state, stop)), refetchMs);
  } catch (error) {
    // For a known run, the stream reports connection failures and deletion.
    if (!stop.aborted && state.run.peek() === undefined) state.failure.value = asFailure(error);
  }
}

/** Keeps a fetched run up to date until the signal is aborted. */
export async function followRun(
  state: RunState,
  { names, xAxis, rank, width }: SeriesRequest,
  stop: AbortSignal,
): Promise<void> {
  const parameters = { names: names.join(","), x: xAxis, width, rank };
  for await (const update of follow(`${runPath(state.runId)}/stream`, parameters, stop)) {
    switch (update.kind) {
      case "opened":
        state.connection.value = { kind: "live" };
        break;
      case "message":
        await takeMessage(state, update.message, stop);
        break;
      case "lost":
        state.connection.value = lostConnection(state.connection.peek());
        break;
      case "ended":
        takeEnd(state, asFailure(update.reason));
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
  // The stream is opened with the page; what comes before the run itself waits for it.
  const run = await knownOf(state, stop);
  if (event === undefined || run === undefined) return;
  if (event.name === "progress") noteEventTime(event.data.serverTimeMs, performance.now());
  const wasRunning = run.detail.state.kind === "running";
  const wasReading = run.detail.isReadingSamples === true;
  state.run.value = applyRunEvent(run, event);
  // A verdict changes the integrity and axes of the record; samples that were read add series.
  const changesDetail =
    (event.name === "finished" && wasRunning) || (event.name === "series" && wasReading);
  if (changesDetail) await fetchDetail(state, stop);
}

/** Resolves when the run is known; undefined if the page is left before. */
function knownOf({ run }: RunState, stop: AbortSignal): Promise<KnownRun | undefined> {
  return new Promise((resolve) => {
    const settled = new AbortController();
    const settle = (): void => {
      settled.abort();
      resolve(run.peek());
    };
    const unsubscribe = run.subscribe((known) => {
      // The subscription calls this once before it returns.
      if (known !== undefined) queueMicrotask(settle);
    });
    settled.signal.addEventListener("abort", unsubscribe, { once: true });
    stop.addEventListener("abort", settle, { once: true, signal: settled.signal });
    if (stop.aborted) settle();
  });
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
