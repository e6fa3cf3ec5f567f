/** What the program itself says about where a point is; NaN where it says nothing. */
export interface PointMarks {
  step: number;
  /** The reading of the program's own clock. */
  programMs: number;
}

export const noMarks: PointMarks = { step: Number.NaN, programMs: Number.NaN };

/** Points in parallel arrays, in the order they were added; `samples` are NaN where the count is unknown. */
export class PointRows {
  readonly timesMs: number[] = [];
  readonly samples: number[] = [];
  readonly marks: PointMarks[] = [];
  readonly values: number[] = [];

  push(
    timeMs: number,
    samplesCount: number | undefined,
    value: number,
    marks?: { step?: number | undefined; programMs?: number | undefined },
  ): void {
    this.timesMs.push(timeMs);
    this.samples.push(samplesCount ?? Number.NaN);
    this.values.push(value);
    const { step = Number.NaN, programMs = Number.NaN } = marks ?? noMarks;
    this.marks.push(marks === undefined ? noMarks : { step, programMs });
  }

  /** Adds the points of others from an index on. */
  addFrom(others: PointRows, from: number): void {
    for (let index = from; index < others.values.length; index++)
      this.push(
        others.timesMs[index] ?? 0,
        others.samples[index],
        others.values[index] ?? 0,
        others.marks[index],
      );
  }

  clear(): void {
    for (const column of [this.timesMs, this.samples, this.marks, this.values]) column.length = 0;
  }
}
