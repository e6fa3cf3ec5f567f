/** Summarizes a long series of numbers in little memory: exact count, bounds and last value, and evenly spaced samples. */
export class ThinnedSeries {
  readonly #maximumSamples: number;
  #kept: number[] = [];
  #stride = 1;
  #count = 0;
  #minimum = Number.POSITIVE_INFINITY;
  #maximum = Number.NEGATIVE_INFINITY;
  #last = 0;

  /** @param maximumSamples to keep; at least half as many are kept once this many values were added */
  constructor(maximumSamples = 512) {
    this.#maximumSamples = maximumSamples;
  }

  /** Ignores values that are not finite: programs log NaN before their first step. */
  push(value: number): void {
    if (!Number.isFinite(value)) return;
    if (this.#count % this.#stride === 0) this.#storeSample(value);
    this.#count++;
    this.#minimum = Math.min(this.#minimum, value);
    this.#maximum = Math.max(this.#maximum, value);
    this.#last = value;
  }

  #storeSample(value: number): void {
    if (this.#kept.length === this.#maximumSamples) {
      this.#kept = this.#kept.filter((_, index) => index % 2 === 0);
      this.#stride *= 2;
      if (this.#count % this.#stride !== 0) return;
    }
    this.#kept.push(value);
  }

  /** Undefined if no value was added. */
  finish(): SampledSeries | undefined {
    if (this.#count === 0) return undefined;
    return {
      count: this.#count,
      least: this.#minimum,
      most: this.#maximum,
      last: this.#last,
      samples: [...this.#kept],
    };
  }
}

export interface SampledSeries {
  count: number;
  least: number;
  most: number;
  last: number;
  /** Evenly spaced, from the first value on. */
  samples: number[];
}
