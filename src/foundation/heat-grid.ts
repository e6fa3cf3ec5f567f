/** Rows and columns of cells, each the mean of its points. */
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

  /** Ignores a point outside the grid, or with a coordinate that is not a number. */
  add(row: number, column: number, value: number): void {
    const isInside = row >= 0 && row < this.rows && column >= 0 && column < this.columns;
    if (!isInside || !Number.isFinite(value)) return;
    const cell = row * this.columns + column;
    this.#sums[cell] = (this.#sums[cell] ?? 0) + value;
    this.#counts[cell] = (this.#counts[cell] ?? 0) + 1;
  }

  /**
   * Row by row; null for a cell without points. Four significant digits, because there are many cells and each is shown
   * as a color.
   */
  means(): (number | null)[] {
    return Array.from(this.#counts, (count, cell) =>
      count === 0 ? null : Number(((this.#sums[cell] ?? 0) / count).toPrecision(4)),
    );
  }
}
