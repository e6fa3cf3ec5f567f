import type { ZodType } from "zod";
import { ApiError, openEventStream, type QueryParameters } from "../api.ts";
import type { StreamMessage } from "./event-stream.ts";
import { followStream, type StreamUpdate } from "./follow-stream.ts";
import { readJson } from "../read-json.ts";

/** Follows an event stream of the server until the signal is aborted. */
export function follow(
  path: string,
  parameters: QueryParameters,
  signal: AbortSignal,
): AsyncGenerator<StreamUpdate> {
  const world = {
    open: (lastEventId: string | undefined, stop: AbortSignal) =>
      openEventStream(path, parameters, { lastEventId, signal: stop }),
    wait,
    isFinal,
  };
  return followStream(world, signal);
}

/** Client errors are final; missing responses and server errors are retried. */
function isFinal(reason: unknown): boolean {
  if (!(reason instanceof ApiError) || reason.status === undefined) return false;
  return reason.status >= 400 && reason.status < 500 && reason.status !== 429;
}

function wait(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    const timer = setTimeout(resolve, ms);
    signal.addEventListener(
      "abort",
      () => {
        clearTimeout(timer);
        resolve();
      },
      { once: true },
    );
  });
}

/**
 * Parses the data of one message with its schema.
 *
 * @throws ApiError if the data does not match the schema
 */
export function readData<T>(schema: ZodType<T>, message: StreamMessage): T {
  const read = schema.safeParse(jsonOf(message.data));
  if (read.success) return read.data;
  throw new ApiError({
    code: "unreadable-event",
    message: `invalid event \`${message.event}\` from the server`,
    hint: "the server may have a different version; reload the page",
    cause: read.error,
  });
}

function jsonOf(text: string): unknown {
  try {
    return readJson(text);
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}

/** Converts any error to one that the page can show. */
export function asFailure(reason: unknown): ApiError {
  if (reason instanceof ApiError) return reason;
  return new ApiError({
    code: "connection-lost",
    message: "lost the connection to the server",
    hint: "is `pitwall serve` still running?",
    cause: reason,
  });
}
