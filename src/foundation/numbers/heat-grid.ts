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
   * Joins rows into fewer, in order: each cell is the largest mean of the rows that it joins.
   *
   * @param firstRows the first row of each joined row, ascending
   * @returns row by row; `rows` has the row with the largest mean, -1 for a cell without points
   */
  peaks(firstRows: readonly number[]): { values: (number | null)[]; rows: number[] } {
    const values: (number | null)[] = [];
    const rows: number[] = [];
    for (const [index, first] of firstRows.entries()) {
      const end = firstRows[index + 1] ?? this.rows;
      for (let column = 0; column < this.columns; column++) {
        let [peak, peakRow] = [Number.NEGATIVE_INFINITY, -1];
        for (let row = first; row < end; row++) {
          const cell = row * this.columns + column;
          const mean = (this.#sums[cell] ?? 0) / (this.#counts[cell] ?? 0);
          if (mean > peak) [peak, peakRow] = [mean, row];
        }
        values.push(peakRow < 0 ? null : Number(peak.toPrecision(4)));
        rows.push(peakRow);
      }
    }
    return { values, rows };
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
