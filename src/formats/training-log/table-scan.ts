import type { LogTextLine } from "./read-log-line.ts";

/** What is doubtful about the tables of a log. */
export interface TableDoubts {
  headerChange: { added: readonly string[]; removed: readonly string[] } | undefined;
  /** Rows with more or fewer cells than the header, which are not read. */
  unevenRows: { count: number; cellCount: number; columnCount: number } | undefined;
}

/** Follows the header of a table whose cells are separated by commas, semicolons or tabs. */
export class TableScan {
  readonly doubts: TableDoubts = { headerChange: undefined, unevenRows: undefined };
  #header: { names: readonly string[]; delimiter: string } | undefined;

  push({ text, inTable, numbers }: LogTextLine): void {
    if (inTable === "header") this.#pushHeader(text);
    else if (inTable === undefined && numbers.length === 0) this.#pushOther(text);
  }

  #pushHeader(text: string): void {
    const delimiter = [",", "\t", ";"].find((each) => text.includes(each));
    if (delimiter === undefined) return;
    const names = cellsOf(text, delimiter);
    const before = this.#header?.names;
    this.#header = { names, delimiter };
    // A header without a column of the one before belongs to another table.
    if (before?.some((name) => names.includes(name)) !== true) return;
    const added = names.filter((name) => !before.includes(name));
    const removed = before.filter((name) => !names.includes(name));
    if (added.length > 0 || removed.length > 0) this.doubts.headerChange ??= { added, removed };
  }

  /** A line of numbers that is not a row of the table. */
  #pushOther(text: string): void {
    if (this.#header === undefined) return;
    const { names, delimiter } = this.#header;
    const cells = cellsOf(text, delimiter);
    const isRow = cells.length > 1 && cells.every((cell) => /^[\d\s.:+eE-]*$/u.test(cell));
    if (!isRow || cells.length === names.length) return;
    this.doubts.unevenRows ??= {
      count: 0,
      cellCount: cells.length,
      columnCount: names.length,
    };
    this.doubts.unevenRows.count += 1;
  }
}

function cellsOf(text: string, delimiter: string): string[] {
  return text.split(delimiter).map((cell) => cell.trim().replaceAll(/^["']|["']$/gu, ""));
}
