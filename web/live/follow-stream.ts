import { EventStreamReader, type StreamMessage } from "./event-stream.ts";

/** What following a stream tells, in order. */
export type StreamNews =
  | { kind: "opened" }
  | { kind: "message"; message: StreamMessage }
  /** The connection broke or never came about; it is tried again after `retryMs`. */
  | { kind: "lost"; retryMs: number; reason: unknown }
  /** It will not be tried again. */
  | { kind: "ended"; reason: unknown };

/** What of the world following a stream needs. */
export interface StreamWorld {
  open: (lastEventId: string | undefined, signal: AbortSignal) => Promise<ReadableStream<string>>;
  /** Ends early when the signal does. */
  wait: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Whether trying again is of no use: the run is gone, the reader may not see it. */
  isFinal: (reason: unknown) => boolean;
}

const firstRetryMs = 500;
const longestRetryMs = 10_000;
/** The server says something every 15 seconds, if only a comment. */
const longestSilenceMs = 40_000;

/**
 * Follows an event stream and comes back after each break with the id of the last message, until
 * the signal ends it or the server says that there is nothing to come back to.
 */
export async function* followStream(
  world: StreamWorld,
  signal: AbortSignal,
): AsyncGenerator<StreamNews> {
  let lastEventId: string | undefined;
  let retryMs = firstRetryMs;
  while (!signal.aborted) {
    const attempt = new AbortController();
    const stop = AbortSignal.any([signal, attempt.signal]);
    let reason: unknown;
    try {
      const stream = await world.open(lastEventId, stop);
      yield { kind: "opened" };
      for await (const message of messagesOf(stream, world, stop)) {
        lastEventId = message.id ?? lastEventId;
        retryMs = firstRetryMs;
        yield { kind: "message", message };
        if (signal.aborted) return;
      }
    } catch (error) {
      reason = error;
    } finally {
      attempt.abort();
    }
    if (signal.aborted) return;
    if (world.isFinal(reason)) {
      yield { kind: "ended", reason };
      return;
    }
    yield { kind: "lost", retryMs, reason };
    await world.wait(retryMs, signal);
    retryMs = Math.min(longestRetryMs, retryMs * 2);
  }
}

async function* messagesOf(
  stream: ReadableStream<string>,
  world: StreamWorld,
  signal: AbortSignal,
): AsyncGenerator<StreamMessage> {
  const parser = new EventStreamReader();
  const reader = stream.getReader();
  try {
    for (;;) {
      const piece = await orSilence(reader.read(), world, signal);
      if (piece === undefined || piece.done) return;
      yield* parser.read(piece.value);
    }
  } finally {
    // The connection may be broken already; there is nothing left to be told about it.
    await reader.cancel().catch(() => undefined);
  }
}

/** What comes, or undefined after a silence that no living server keeps. */
async function orSilence<T>(
  coming: Promise<T>,
  world: StreamWorld,
  signal: AbortSignal,
): Promise<T | undefined> {
  const cameFirst = new AbortController();
  const silence = world
    .wait(longestSilenceMs, AbortSignal.any([signal, cameFirst.signal]))
    .then(() => undefined);
  try {
    return await Promise.race([coming, silence]);
  } finally {
    cameFirst.abort();
  }
}
