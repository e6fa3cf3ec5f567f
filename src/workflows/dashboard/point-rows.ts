/** Points in parallel arrays, in the order they were added; `samples` is NaN where the sample count is unknown. */
export class PointRows {
  readonly timesMs: number[] = [];
  readonly samples: number[] = [];
  readonly values: number[] = [];

  push(timeMs: number, samplesCount: number | undefined, value: number): void {
    this.timesMs.push(timeMs);
    this.samples.push(samplesCount ?? Number.NaN);
    this.values.push(value);
  }

  clear(): void {
    for (const column of [this.timesMs, this.samples, this.values]) column.length = 0;
  }
}
