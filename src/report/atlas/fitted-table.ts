import { layOutTable, truncate, visibleWidth } from "../../foundation/text-table.ts";

/** A column that may have to give way where the screen is narrow. */
export interface FittedColumn<Row> {
  head: string;
  align: "left" | "right" | "decimal";
  cell(row: Row): string;
  /** Colours what is shown, after widths are settled. */
  paint?: (text: string) => string;
  /** Left out where it does not fit, the greatest number first; absent: always shown. */
  dropAt?: number;
  /** Cut down to this width at most, after columns were left out. */
  shrinkTo?: number;
}

/** Lays rows out in a width: first columns give way, then texts are cut. The first line is the head. */
export function fitTable<Row>(
  columns: readonly FittedColumn<Row>[],
  rows: readonly Row[],
  width: number,
): string[] {
  const measured = columns.map((column) => {
    const texts = rows.map((row) => column.cell(row));
    const widest = Math.max(visibleWidth(column.head), ...texts.map(visibleWidth));
    return { column, texts, width: widest };
  });
  const kept = dropColumns(measured, width);
  const widths = shrinkColumns(kept, width);
  const lines = rows.map((_, row) =>
    kept.map(({ column, texts }, index) => {
      const text = truncate(texts[row] ?? "", widths[index] ?? 0);
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
  while (totalWidth(kept.map((column) => leastWidth(column))) > width) {
    const order = kept.map(({ column }) => column.dropAt ?? 0);
    const next = Math.max(...order);
    if (next === 0) return kept;
    const at = order.lastIndexOf(next);
    kept = kept.filter((_, index) => index !== at);
  }
  return kept;
}

function leastWidth<Row>({ column, width }: MeasuredColumn<Row>): number {
  return Math.min(width, column.shrinkTo ?? width);
}

/** Takes from the column that can spare most, until all fit or none can spare anything. */
function shrinkColumns<Row>(columns: readonly MeasuredColumn<Row>[], width: number): number[] {
  const widths = columns.map((column) => column.width);
  let excess = totalWidth(widths) - width;
  while (excess > 0) {
    const spare = columns.map((column, at) => (widths[at] ?? 0) - leastWidth(column));
    const most = Math.max(...spare);
    if (most <= 0) break;
    const at = spare.indexOf(most);
    widths[at] = (widths[at] ?? 0) - 1;
    excess -= 1;
  }
  return widths;
}

function totalWidth(widths: readonly number[]): number {
  return widths.reduce((sum, width) => sum + width + 2, -2);
}
