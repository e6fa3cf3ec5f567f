import type {
  LifecycleEvent,
  LifecycleEventBody,
} from "../../../schema/run/events/lifecycle-event.ts";
import { type ChainEnd, emptyChain, nextEventLine } from "../read/event-chain.ts";
import type { LineFile } from "../read/line-file.ts";

interface WaitingEvent {
  body: LifecycleEventBody;
  timeMs: number;
  resolve: (event: LifecycleEvent) => void;
  reject: (error: unknown) => void;
}

/** events.jsonl of a run. Events that arrive while others are being written are written together, with one sync. */
export class EventLog {
  readonly #lines: LineFile;
  #chain: ChainEnd;
  #waiting: WaitingEvent[] = [];
  #writing: Promise<void> | undefined;

  /** @param chain of the events that the file already holds */
  constructor(lines: LineFile, chain: ChainEnd = emptyChain) {
    this.#lines = lines;
    this.#chain = chain;
  }

  /** Resolves when the event would survive a power failure. */
  append(body: LifecycleEventBody, timeMs: number): Promise<LifecycleEvent> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ body, timeMs, resolve, reject });
      this.#writing ??= this.#writeAll();
    });
  }

  /** Resolves when all events so far were written or have failed. */
  async settle(): Promise<void> {
    await this.#writing;
  }

  async close(): Promise<void> {
    await this.settle();
    await this.#lines.close();
  }

  async #writeAll(): Promise<void> {
    // Lets the caller append further events first.
    await Promise.resolve();
    while (this.#waiting.length > 0) {
      const batch = this.#waiting;
      this.#waiting = [];
      let end = this.#chain;
      const written = batch.map(({ body, timeMs }) => {
        const next = nextEventLine(end, body, timeMs);
        ({ end } = next);
        return next;
      });
      try {
        await this.#lines.appendLine(written.map(({ line }) => line).join("\n"));
        this.#chain = end;
        for (const [index, { event }] of written.entries()) batch[index]?.resolve(event);
      } catch (error) {
        // None of them is in the file; the next event continues after the last one that is.
        for (const { reject } of batch) reject(error);
      }
    }
    // Without a pause after the last look, so that no event is left waiting.
    this.#writing = undefined;
  }
}
