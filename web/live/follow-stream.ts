import { EventStreamReader, type StreamMessage } from "./event-stream.ts";

/** An update of a followed stream. */
export type StreamUpdate =
  | { kind: "opened" }
  | { kind: "message"; message: StreamMessage }
  /** The connection was lost or could not be opened; it is retried after `retryMs`. */
  | { kind: "lost"; retryMs: number; reason: unknown }
  /** The connection is not retried. */
  | { kind: "ended"; reason: unknown };

/** The effects that following a stream requires. */
export interface StreamWorld {
  open: (lastEventId: string | undefined, signal: AbortSignal) => Promise<ReadableStream<string>>;
  /** Returns early if the signal is aborted. */
  wait: (ms: number, signal: AbortSignal) => Promise<void>;
  /** Whether a retry cannot succeed, for example because the run was deleted or access is denied. */
  isFinal: (reason: unknown) => boolean;
}

const firstRetryMs = 500;
const maxRetryMs = 10_000;
/** The server sends at least a comment every 15 seconds. */
const maxSilenceMs = 40_000;

/**
 * Follows an event stream and reconnects after each break with the id of the last message, until the signal is aborted or
 * the server sends a final error.
 */
export async function* followStream(
  world: StreamWorld,
  signal: AbortSignal,
): AsyncGenerator<StreamUpdate> {
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
    retryMs = Math.min(maxRetryMs, retryMs * 2);
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
    // The connection may already be closed; the error has no further information.
    await reader.cancel().catch(() => undefined);
  }
}

/** Returns the next result, or undefined if the server is silent for too long. */
async function orSilence<T>(
  pending: Promise<T>,
  world: StreamWorld,
  signal: AbortSignal,
): Promise<T | undefined> {
  const cameFirst = new AbortController();
  const silence = world
    .wait(maxSilenceMs, AbortSignal.any([signal, cameFirst.signal]))
    .then(() => undefined);
  try {
    return await Promise.race([pending, silence]);
  } finally {
    cameFirst.abort();
  }
}
