/** A count below this fraction of the previous one means that the counter was reset. */
const restartFraction = 0.5;

/** How a sample counter changed. */
export type CounterStep = "forward" | "restarted" | "backward";

/**
 * Accumulates a counter of training samples that a program prints. Some programs reset it in each
 * epoch: a count below half of the previous one is treated as a reset and added to the total.
 */
export class SampleCounter {
  readonly #earlierCount: number;
  #base = 0;
  #last: number | undefined;

  /** @param earlierCount samples of the runs that this one continues: a first count below it counts from zero again */
  constructor(earlierCount = 0) {
    this.#earlierCount = earlierCount;
  }

  /** Samples so far; undefined before the first count. */
  get total(): number | undefined {
    return this.#last === undefined ? undefined : this.#base + this.#last;
  }

  /** The count before the next reset, without earlier parts. */
  get last(): number {
    return this.#last ?? 0;
  }

  /** The program was started again: its next count may be lower and is not added to the earlier ones. */
  restart(): void {
    this.#base = 0;
    this.#last = undefined;
  }

  push(count: number): CounterStep {
    if (this.#last === undefined && count < this.#earlierCount) this.#base = this.#earlierCount;
    const { last } = this;
    if (count >= last) {
      this.#last = count;
      return "forward";
    }
    // A smaller decrease comes from another rank or data loader: keep the maximum.
    if (count > last * restartFraction) return "backward";
    this.#base += last;
    this.#last = count;
    return "restarted";
  }
}

/** Counts of several ranks differ by less than this fraction. */
const rankFraction = 0.1;

/** Whether a count went back by more than counts of several ranks differ. */
export function isDecrease(from: number, to: number): boolean {
  return to < from * (1 - rankFraction);
}

/** Continues the count of samples in the events of a log, from that of the runs that this one continues. */
export class ContinuedCount {
  readonly #earlierCount: number;
  /** Added to each count; decided by the first one above zero. */
  #base: number | undefined;

  constructor(earlierCount = 0) {
    this.#earlierCount = earlierCount;
  }

  /** The program may count on from the earlier runs, or from zero. */
  of(count: number | undefined): number | undefined {
    if (count === undefined || this.#earlierCount === 0) return count;
    if (count === 0 && this.#base === undefined) return this.#earlierCount;
    this.#base ??= count < this.#earlierCount ? this.#earlierCount : 0;
    return this.#base + count;
  }
}
