import { UserError } from "../../foundation/errors/user-error.ts";

const heartbeatMs = 15_000;
/** A client that reads nothing for this long is disconnected. */
const stuckAfterMs = 60_000;
/** Chunks that are queued for a slow client. No more are created until it has read some. */
const maxQueuedChunks = 2;

type Controller = ReadableStreamDefaultController<Uint8Array>;

/** Limits the number of open streams, in total and per client. */
export class StreamLimit {
  readonly #max: number;
  readonly #maxPerClient: number;
  readonly #perClient = new Map<string, number>();
  #count = 0;

  constructor({ max, maxPerClient }: { max: number; maxPerClient: number }) {
    this.#max = max;
    this.#maxPerClient = maxPerClient;
  }

  /**
   * @returns releases the stream's slot
   * @throws UserError `too-many-streams`
   */
  take(client: string): () => void {
    const own = this.#perClient.get(client) ?? 0;
    if (this.#count >= this.#max || own >= this.#maxPerClient) {
      throw new UserError("too-many-streams", "too many open event streams", {
        hint: "close other dashboard tabs, then reload",
      });
    }
    this.#count += 1;
    this.#perClient.set(client, own + 1);
    let isReleased = false;
    return () => {
      if (isReleased) return;
      isReleased = true;
      this.#count -= 1;
      const left = (this.#perClient.get(client) ?? 1) - 1;
      if (left === 0) this.#perClient.delete(client);
      else this.#perClient.set(client, left);
    };
  }
}

/** The events of a stream, computed from what its client has already received. */
export interface StreamSource {
  /** The text of all events since the last call; empty if there are none, undefined to end the stream. */
  updates(): Promise<string | undefined>;
  /** Calls `callback` when there may be updates. @returns stops the calls */
  listen(callback: () => void): () => void;
}

/** Formats one event. Only the last event of a group gets an `id`. */
export function eventText(name: string, data: unknown, id?: string): string {
  return eventOfJson(name, JSON.stringify(data), id);
}

/** Formats one event from its JSON, which has no line breaks. */
export function eventOfJson(name: string, json: string, id?: string): string {
  const idLine = id === undefined ? "" : `id: ${id}\n`;
  return `event: ${name}\n${idLine}data: ${json}\n\n`;
}

/**
 * Sends events until the client disconnects. A client that reads too slowly gets no updates until it has read what was
 * sent; then it gets all changes since then in one chunk. The queue of a client is therefore bounded.
 */
export function eventStream(source: StreamSource, release: () => void): ReadableStream<Uint8Array> {
  const encoder = new TextEncoder();
  let stopListening: (() => void) | undefined;
  let heartbeat: NodeJS.Timeout | undefined;
  let isBusy = false;
  let isEnded = false;
  let sentMs = performance.now();

  const end = (): void => {
    isEnded = true;
    stopListening?.();
    clearInterval(heartbeat);
    release();
  };
  const send = (controller: Controller, text: string): void => {
    if (text === "" || isEnded) return;
    sentMs = performance.now();
    controller.enqueue(encoder.encode(text));
  };
  const sendUpdates = async (controller: Controller): Promise<void> => {
    const hasRoom = (controller.desiredSize ?? 0) > 0;
    if (isBusy || isEnded || !hasRoom) return;
    isBusy = true;
    try {
      const text = await source.updates();
      if (isEnded) return;
      send(controller, text ?? "");
      if (text !== undefined) return;
      end();
      controller.close();
    } catch (error) {
      end();
      controller.error(error);
    } finally {
      isBusy = false;
    }
  };

  return new ReadableStream<Uint8Array>(
    {
      async start(controller) {
        // Sent immediately, so that the client knows it is connected. The value is its reconnection delay.
        send(controller, "retry: 2000\n\n");
        stopListening = source.listen(() => void sendUpdates(controller));
        heartbeat = setInterval(() => {
          const silentMs = performance.now() - sentMs;
          const hasRoom = (controller.desiredSize ?? 0) > 0;
          if (hasRoom && silentMs >= heartbeatMs / 2) send(controller, ": heartbeat\n\n");
          if (hasRoom || silentMs < stuckAfterMs) return;
          end();
          controller.error(new Error("the client does not read the stream"));
        }, heartbeatMs);
        heartbeat.unref();
        await sendUpdates(controller);
      },
      cancel: end,
    },
    { highWaterMark: maxQueuedChunks },
  );
}
