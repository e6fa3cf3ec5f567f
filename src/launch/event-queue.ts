import type { LaunchEvent } from "./launcher.ts";

/** Above this many unread bytes of output, the program's pipes are no longer read. */
const mostWaitingBytes = 1 << 20;

/** A queue of a program's events for a single reader, with back-pressure on output. */
export class EventQueue implements AsyncIterable<LaunchEvent> {
  readonly #onFlow: (flow: "pause" | "resume") => void;
  #events: LaunchEvent[] = [];
  #waitingBytes = 0;
  #wakeReader: (() => void) | undefined;
  #readerHasLeft = false;
  #isClosed = false;

  /** @param onFlow called when the sources should pause or resume, with alternating values */
  constructor(onFlow: (flow: "pause" | "resume") => void) {
    this.#onFlow = onFlow;
  }

  get isEmpty(): boolean {
    return this.#events.length === 0;
  }

  /** Whether the sources are paused because the reader is slow. */
  get isFull(): boolean {
    return this.#waitingBytes > mostWaitingBytes;
  }

  push(event: LaunchEvent): void {
    if (this.#readerHasLeft) return;
    this.#events.push(event);
    if (event.kind === "output") {
      const wasFull = this.isFull;
      this.#waitingBytes += event.bytes.length;
      if (this.isFull && !wasFull) this.#onFlow("pause");
    }
    this.#wakeReader?.();
  }

  /** No event follows those that were pushed. */
  close(): void {
    this.#isClosed = true;
    this.#wakeReader?.();
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<LaunchEvent> {
    try {
      for (;;) {
        const events = this.#takeAll();
        for (const event of events) {
          yield event;
          if (event.kind === "ended") return;
        }
        if (this.isEmpty && this.#isClosed) return;
        if (this.isEmpty) await this.#nextPush();
      }
    } finally {
      this.#readerHasLeft = true;
      this.#takeAll();
    }
  }

  #takeAll(): LaunchEvent[] {
    const events = this.#events;
    this.#events = [];
    const wasFull = this.isFull;
    this.#waitingBytes = 0;
    if (wasFull) this.#onFlow("resume");
    return events;
  }

  async #nextPush(): Promise<void> {
    await new Promise<void>((resolve) => {
      this.#wakeReader = resolve;
    });
    this.#wakeReader = undefined;
  }
}
