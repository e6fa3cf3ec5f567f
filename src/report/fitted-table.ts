import {
  alignDecimals,
  layOutTable,
  truncate,
  truncateStart,
  visibleWidth,
} from "../foundation/tables/text-table.ts";

/** A column that may be dropped or narrowed to fit the screen. */
export interface FittedColumn<Row> {
  head: string;
  align: "left" | "right" | "decimal";
  cell(row: Row): string;
  /** Colors the cell after widths are computed. */
  paint?: (text: string) => string;
  /** Order of dropping columns that do not fit: highest number first. Absent: never dropped. */
  dropAt?: number;
  /** The minimum width when narrowing columns, after columns were dropped. */
  shrinkTo?: number;
  /** Which part of a narrowed text is shown. Default: its start. */
  keeps?: "start" | "end";
}

/**
 * Fits rows into a width: drops columns first, then truncates text. The first line is the header; if columns were
 * dropped, the last line names them.
 */
export function fitTable<Row>(
  columns: readonly FittedColumn<Row>[],
  rows: readonly Row[],
  width: number,
): string[] {
  const fitted = fitColumns(columns, rows, width);
  const kept = new Set(fitted.kept.map(({ column }) => column));
  const dropped = columns.filter((column) => !kept.has(column)).map(({ head }) => head);
  const lines = layOut(fitted, rows);
  if (dropped.length === 0) return lines;
  return [...lines, "", `not shown: ${dropped.join(", ")}; use a wider terminal or \`--json\``];
}

interface Fitted<Row> {
  kept: readonly MeasuredColumn<Row>[];
  widths: readonly number[];
}

function fitColumns<Row>(
  columns: readonly FittedColumn<Row>[],
  rows: readonly Row[],
  width: number,
): Fitted<Row> {
  const measured = columns.map((column) => {
    const cells = rows.map((row) => column.cell(row));
    const texts = column.align === "decimal" ? alignDecimals(cells) : cells;
    const widest = Math.max(visibleWidth(column.head), ...texts.map(visibleWidth));
    return { column, texts, width: widest };
  });
  const kept = dropColumns(measured, width);
  return { kept, widths: shrinkColumns(kept, width) };
}

function layOut<Row>({ kept, widths }: Fitted<Row>, rows: readonly Row[]): string[] {
  const lines = rows.map((_, row) =>
    kept.map(({ column, texts }, index) => {
      const cut = column.keeps === "end" ? truncateStart : truncate;
      const text = cut(texts[row] ?? "", widths[index] ?? 0);
      return column.paint === undefined ? text : column.paint(text);
    }),
  );
  return layOutTable(
    kept.map(({ column }, index) => ({
      head: truncate(column.head, widths[index] ?? 0),
      align: column.align,
    })),
    lines,
  );
}

interface MeasuredColumn<Row> {
  column: FittedColumn<Row>;
  texts: readonly string[];
  width: number;
}

function dropColumns<Row>(
  columns: readonly MeasuredColumn<Row>[],
  width: number,
): readonly MeasuredColumn<Row>[] {
  let kept = columns;
  while (totalWidth(kept.map((column) => minimumWidth(column))) > width) {
    const order = kept.map(({ column }) => column.dropAt ?? 0);
    const next = Math.max(...order);
    if (next === 0) return kept;
    const at = order.lastIndexOf(next);
    kept = kept.filter((_, index) => index !== at);
  }
  return kept;
}

function minimumWidth<Row>({ column, width }: MeasuredColumn<Row>): number {
  return Math.min(width, column.shrinkTo ?? width);
}

/** Narrows the column with the most spare width until all columns fit or all are at their minimum. */
function shrinkColumns<Row>(columns: readonly MeasuredColumn<Row>[], width: number): number[] {
  const widths = columns.map((column) => column.width);
  let excess = totalWidth(widths) - width;
  while (excess > 0) {
    const spare = columns.map((column, at) => (widths[at] ?? 0) - minimumWidth(column));
    const maximum = Math.max(...spare);
    if (maximum <= 0) break;
    const at = spare.indexOf(maximum);
    widths[at] = (widths[at] ?? 0) - 1;
    excess -= 1;
  }
  return widths;
}

function totalWidth(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width + 2, -2);
}
