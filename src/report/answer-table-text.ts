import { markdownTable } from "../foundation/tables/markdown-table.ts";
import { type CsvOptions, csvText } from "../foundation/tables/csv.ts";
import {
  type Column,
  layOutTable,
  truncate,
  visibleWidth,
} from "../foundation/tables/text-table.ts";
import type { AnswerTable } from "../schema/answer-table.ts";
import type { Paint } from "./paint.ts";

/** Cells are never truncated below this width. */
const minimumCellWidth = 12;

/** Formats an SQL answer as a table. Long text is truncated to fit the width; numbers never are. */
export function answerText(
  { columns, rows }: AnswerTable,
  { width, paint }: { width: number; paint: Paint },
): string {
  const cells = rows.map((row) => row.map(cellText));
  const limit = cellLimit(
    columns.map(({ name }) => name),
    cells,
    width,
  );
  const heads = columns.map(({ name, type }): Column => ({
    head: name,
    align: isNumeric(type) ? "decimal" : "left",
  }));
  const shown = cells.map((row) =>
    row.map((text, index) => (heads[index]?.align === "left" ? truncate(text, limit) : text)),
  );
  const [head = "", ...lines] = layOutTable(heads, shown);
  const count = `${rows.length.toLocaleString("en")} ${rows.length === 1 ? "row" : "rows"}`;
  return [paint.strong(head), ...lines, "", paint.faint(count)].join("\n");
}

/** The largest cell width at which all lines fit, but at least `minimumCellWidth`. */
function cellLimit(
  names: readonly string[],
  cells: readonly (readonly string[])[],
  width: number,
): number {
  const widest = names.map((name, index) =>
    Math.max(visibleWidth(name), ...cells.map((row) => visibleWidth(row[index] ?? ""))),
  );
  for (let limit = Math.max(minimumCellWidth, ...widest); limit > minimumCellWidth; limit--) {
    const total = widest.reduce((sum, cell) => sum + Math.min(cell, limit) + 2, -2);
    if (total <= width) return limit;
  }
  return minimumCellWidth;
}

function isNumeric(type: string): boolean {
  return (
    /^(?:U?(?:TINY|SMALL|BIG|HUGE)?INT(?:EGER)?|DOUBLE|FLOAT|DECIMAL)/u.test(type) &&
    !type.endsWith("]")
  );
}

function cellText(value: unknown): string {
  if (value === null || value === undefined) return "";
  return typeof value === "string" ? value : JSON.stringify(value);
}

/** The header line of an answer as CSV. */
export function answerCsvHead(
  { columns }: Pick<AnswerTable, "columns">,
  options: CsvOptions = {},
): string {
  return csvText([columns.map(({ name }) => name)], options);
}

/** Rows of an answer as CSV. */
export function answerCsvRows(rows: AnswerTable["rows"], options: CsvOptions = {}): string {
  return csvText(
    rows.map((row) => row.map(cellText)),
    options,
  );
}

/** A Markdown table. */
export function answerMarkdown({ columns, rows }: AnswerTable): string {
  return markdownTable(
    columns.map(({ name, type }, index) => ({
      head: name,
      align: isNumeric(type) ? "right" : "left",
      cell: (row: AnswerTable["rows"][number]) => cellText(row[index]),
    })),
    rows,
  );
}

/** Rows as objects keyed by column name. */
export function answerObjects({ columns, rows }: AnswerTable): Record<string, unknown>[] {
  return rows.map((row) =>
    Object.fromEntries(columns.map(({ name }, index) => [name, row[index] ?? null])),
  );
}
