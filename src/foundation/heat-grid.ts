/** Rows x columns of cells, each the mean of the points in it. */
export class HeatGrid {
  readonly columns: number;
  readonly rows: number;
  readonly #sums: Float64Array;
  readonly #counts: Uint32Array;

  constructor(rows: number, columns: number) {
    this.rows = rows;
    this.columns = columns;
    this.#sums = new Float64Array(rows * columns);
    this.#counts = new Uint32Array(rows * columns);
  }

  /** A point outside, or one that is no number, is left out. */
  add(row: number, column: number, value: number): void {
    const isInside = row >= 0 && row < this.rows && column >= 0 && column < this.columns;
    if (!isInside || !Number.isFinite(value)) return;
    const cell = row * this.columns + column;
    this.#sums[cell] = (this.#sums[cell] ?? 0) + value;
    this.#counts[cell] = (this.#counts[cell] ?? 0) + 1;
  }

  /** Row by row; null where there is no point. Four significant digits: cells are colors, and there are many. */
  means(): (number | null)[] {
    return Array.from(this.#counts, (count, cell) =>
      count === 0 ? null : Number(((this.#sums[cell] ?? 0) / count).toPrecision(4)),
    );
  }
}
