import { UserError } from "../foundation/user-error.ts";

const heartbeatMs = 15_000;
/** A client that takes nothing for so long is gone. */
const stuckAfterMs = 60_000;
/** Pieces that wait for a slow client; beyond them nothing is made for it until it has caught up. */
const mostWaitingPieces = 2;

/** How many streams may be open, all together and for one client. */
export class StreamLimit {
  readonly #most: number;
  readonly #mostPerClient: number;
  readonly #perClient = new Map<string, number>();
  #count = 0;

  constructor({ most, mostPerClient }: { most: number; mostPerClient: number }) {
    this.#most = most;
    this.#mostPerClient = mostPerClient;
  }

  /**
   * @returns what gives the place back
   * @throws UserError `too-many-streams`
   */
  take(client: string): () => void {
    const own = this.#perClient.get(client) ?? 0;
    if (this.#count >= this.#most || own >= this.#mostPerClient) {
      throw new UserError("too-many-streams", "too many open event streams", {
        hint: "close other dashboard tabs, then reload",
      });
    }
    this.#count += 1;
    this.#perClient.set(client, own + 1);
    let isGiven = false;
    return () => {
      if (isGiven) return;
      isGiven = true;
      this.#count -= 1;
      const left = (this.#perClient.get(client) ?? 1) - 1;
      if (left === 0) this.#perClient.delete(client);
      else this.#perClient.set(client, left);
    };
  }
}

/** What a stream tells, made anew from where its client stands each time there may be news. */
export interface StreamSource {
  /** The text of all events since the last call; empty where there are none, undefined to end the stream. */
  news(): Promise<string | undefined>;
  /** Calls back when there may be news; the answer ends that. */
  listen(callback: () => void): () => void;
}

/** One event as text. An `id` is only given to the last of several that belong together. */
export function eventText(name: string, data: unknown, id?: string): string {
  const idLine = id === undefined ? "" : `id: ${id}\n`;
  return `event: ${name}\n${idLine}data: ${JSON.stringify(data)}\n\n`;
}

/**
 * Sends events for as long as the client listens. A client that is slower than the news is skipped until it has taken
 * what it was sent; then it gets what changed meanwhile, in one piece: nothing piles up for it.
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
  const send = (controller: ReadableStreamDefaultController<Uint8Array>, text: string): void => {
    if (text === "" || isEnded) return;
    sentMs = performance.now();
    controller.enqueue(encoder.encode(text));
  };
  const tell = async (controller: ReadableStreamDefaultController<Uint8Array>): Promise<void> => {
    const hasRoom = (controller.desiredSize ?? 0) > 0;
    if (isBusy || isEnded || !hasRoom) return;
    isBusy = true;
    try {
      const text = await source.news();
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
        // Sent at once, so that the client knows it is connected; the time is how soon it should come back.
        send(controller, "retry: 2000\n\n");
        stopListening = source.listen(() => void tell(controller));
        heartbeat = setInterval(() => {
          const silentMs = performance.now() - sentMs;
          const hasRoom = (controller.desiredSize ?? 0) > 0;
          if (hasRoom && silentMs >= heartbeatMs / 2) send(controller, ": still here\n\n");
          if (hasRoom || silentMs < stuckAfterMs) return;
          end();
          controller.error(new Error("the client takes nothing"));
        }, heartbeatMs);
        heartbeat.unref();
        await tell(controller);
      },
      cancel: end,
    },
    { highWaterMark: mostWaitingPieces },
  );
}
