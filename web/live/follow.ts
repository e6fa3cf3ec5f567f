import type { ZodType } from "zod";
import { ApiError, openEventStream, type Question } from "../api.ts";
import type { StreamMessage } from "./event-stream.ts";
import { followStream, type StreamNews } from "./follow-stream.ts";
import { readJson } from "../read-json.ts";

/** Follows one of the server's event streams until the signal ends it. */
export function follow(
  path: string,
  question: Question,
  signal: AbortSignal,
): AsyncGenerator<StreamNews> {
  const world = {
    open: (lastEventId: string | undefined, stop: AbortSignal) =>
      openEventStream(path, question, { lastEventId, signal: stop }),
    wait,
    isFinal,
  };
  return followStream(world, signal);
}

/** A refusal stays one; only silence and a server in trouble are worth another try. */
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
 * Reads the data of one message with its schema.
 *
 * @throws ApiError where it is not what this page knows
 */
export function readData<T>(schema: ZodType<T>, message: StreamMessage): T {
  const read = schema.safeParse(jsonOf(message.data));
  if (read.success) return read.data;
  throw new ApiError({
    code: "unreadable-news",
    message: `news of kind \`${message.event}\` is not what this page knows how to read`,
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

/** What went wrong, as the page tells it. */
export function asFailure(reason: unknown): ApiError {
  if (reason instanceof ApiError) return reason;
  return new ApiError({
    code: "connection-lost",
    message: "lost the connection to the server",
    hint: "is `pitwall serve` still running?",
    cause: reason,
  });
}
