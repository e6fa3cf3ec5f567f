/** Interval between checks while at least one client listens. */
const tickMs = 1000;

/**
 * Checks for changes at a fixed interval while there are listeners, and calls the listeners after each check. Without
 * listeners, it does nothing.
 */
export class WatchFeed {
  readonly #check: () => Promise<void>;
  readonly #listeners = new Set<() => void>();
  #timer: NodeJS.Timeout | undefined;
  #isChecking = false;

  /** @param check reads what changed; a rejection leaves the shown data as it is until the next check */
  constructor(check: () => Promise<void>) {
    this.#check = check;
  }

  /** Calls `listener` after each check until the returned function is called. */
  listen(listener: () => void): () => void {
    // A wrapper per call: the same function may listen twice.
    const entry = (): void => listener();
    this.#listeners.add(entry);
    this.#timer ??= setInterval(() => void this.tick(), tickMs);
    return () => {
      this.#listeners.delete(entry);
      if (this.#listeners.size === 0) this.close();
    };
  }

  /** Checks once and calls the listeners; does nothing while a check is in progress. */
  async tick(): Promise<void> {
    if (this.#isChecking) return;
    this.#isChecking = true;
    try {
      await this.#check();
    } catch {
      // The disk reported an error: the shown data becomes stale, and the next check may succeed.
    } finally {
      this.#isChecking = false;
    }
    this.notify();
  }

  /** Calls all listeners. */
  notify(): void {
    for (const listener of this.#listeners) listener();
  }

  /** Stops the interval. */
  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}
