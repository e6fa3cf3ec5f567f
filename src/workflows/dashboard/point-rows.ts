/** Points in parallel arrays, in the order they were added; `samples` and `steps` are NaN where the count is unknown. */
export class PointRows {
  readonly timesMs: number[] = [];
  readonly samples: number[] = [];
  readonly steps: number[] = [];
  readonly values: number[] = [];

  push(timeMs: number, samplesCount: number | undefined, value: number, step?: number): void {
    this.timesMs.push(timeMs);
    this.samples.push(samplesCount ?? Number.NaN);
    this.steps.push(step ?? Number.NaN);
    this.values.push(value);
  }

  clear(): void {
    for (const column of [this.timesMs, this.samples, this.steps, this.values]) column.length = 0;
  }
}
