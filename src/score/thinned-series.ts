/** A long series of numbers in little memory: exact count, bounds and last value, and evenly spaced samples of it. */
export class ThinnedSeries {
  private readonly mostSamples: number;
  private kept: number[] = [];
  private stride = 1;
  private count = 0;
  private least = Number.POSITIVE_INFINITY;
  private most = Number.NEGATIVE_INFINITY;
  private last = 0;

  /** @param mostSamples that are kept; at least half as many are, once there have been as many values */
  constructor(mostSamples = 512) {
    this.mostSamples = mostSamples;
  }

  /** Values that are not finite are counted nowhere: programs log NaN before their first step. */
  push(value: number): void {
    if (!Number.isFinite(value)) return;
    if (this.count % this.stride === 0) this.keep(value);
    this.count++;
    this.least = Math.min(this.least, value);
    this.most = Math.max(this.most, value);
    this.last = value;
  }

  private keep(value: number): void {
    if (this.kept.length === this.mostSamples) {
      this.kept = this.kept.filter((_, index) => index % 2 === 0);
      this.stride *= 2;
      if (this.count % this.stride !== 0) return;
    }
    this.kept.push(value);
  }

  /** Absent where nothing was pushed. */
  finish(): SampledSeries | undefined {
    const { count, least, most, last } = this;
    if (count === 0) return undefined;
    return { count, least, most, last, samples: [...this.kept] };
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
