/** A count below this share of the one before means that counting began again. */
const restartFraction = 0.5;

/** How a counter of samples went on. */
export type CounterStep = "forward" | "restarted" | "backward";

/**
 * Adds up a counter of training samples that a program prints. Some programs count anew in each
 * epoch: a count that falls to less than half is taken for that, and goes on from the total.
 */
export class SampleCounter {
  #base = 0;
  #last: number | undefined;

  /** Samples so far; undefined before the first count. */
  get total(): number | undefined {
    return this.#last === undefined ? undefined : this.#base + this.#last;
  }

  push(count: number): CounterStep {
    const last = this.#last ?? 0;
    if (count >= last) {
      this.#last = count;
      return "forward";
    }
    // A smaller step back is another rank's or another loader's count: the highest stands.
    if (count > last * restartFraction) return "backward";
    this.#base += last;
    this.#last = count;
    return "restarted";
  }
}
