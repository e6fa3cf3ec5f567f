import { CsvReader } from "../../foundation/tables/csv-reader.ts";
import { utf8Decoder } from "../../foundation/bytes/utf8.ts";
import type { LoggedValue, ReadingEnd } from "../logged-value.ts";
import { type RowCell, type TextCell, valuesOfRow, wholeNumber } from "../values/row-values.ts";

const delimiters = [",", "\t", ";"] as const;

/** A header line that differs from the one before it. */
export interface HeaderChange {
  added: readonly string[];
  removed: readonly string[];
}

/** A row that has more or fewer cells than its header. */
export interface UnevenRows {
  count: number;
  /** Of the first such row. */
  cellCount: number;
  columnCount: number;
}

/**
 * Reads the numbers of a table with a header line while it grows. Each number is one value; empty
 * cells are none, as in Lightning's `metrics.csv`, where training and validation values have rows of their own. Rows
 * whose number of cells differs from the header's are not read, because their columns are unknown.
 */
export class CsvValuesReader {
  readonly headerChanges: HeaderChange[] = [];
  unevenRows: UnevenRows | undefined;
  readonly #decoder = utf8Decoder();
  /** The first line, as far as it was read; undefined once the delimiter is known. */
  #firstLine: string | undefined = "";
  #rows = new CsvReader();
  #columns: readonly string[] | undefined;

  /** Takes the next bytes of the file; returns the values of all complete rows. */
  push(bytes: Uint8Array): LoggedValue[] {
    return this.#pushText(this.#decoder.decode(bytes, { stream: true }));
  }

  /** Reads a last row without a line end. */
  finish(): LoggedValue[] {
    const text = this.#decoder.decode();
    const values = this.#pushText(this.#firstLine === undefined ? text : `${text}\n`);
    return [...values, ...this.#rows.end().flatMap((cells) => this.#read(cells))];
  }

  end(): ReadingEnd {
    return { kind: "complete" };
  }

  #pushText(text: string): LoggedValue[] {
    if (this.#firstLine === undefined)
      return this.#rows.push(text).flatMap((cells) => this.#read(cells));
    const sofar = this.#firstLine + text;
    const end = sofar.indexOf("\n");
    this.#firstLine = sofar;
    if (end === -1) return [];
    this.#firstLine = undefined;
    this.#rows = new CsvReader(delimiterOf(sofar.slice(0, end)));
    return this.#rows.push(sofar).flatMap((cells) => this.#read(cells));
  }

  #read(cells: readonly string[]): LoggedValue[] {
    const isComment = cells[0]?.trimStart().startsWith("#") === true;
    const texts = cells.map((cell) => cell.trim().replace(/^#\s*/u, ""));
    const numbers = texts.map((text) => wholeNumber(text));
    if (isHeader(texts, numbers) && this.#mayReplaceHeader(texts)) {
      this.#setColumns(texts);
      return [];
    }
    if (isComment) return [];
    const columns = (this.#columns ??= texts.map((_, index) => `column ${index + 1}`));
    if (columns.length !== texts.length) {
      this.#noteUneven(texts.length, columns.length);
      return [];
    }
    const rowCells: RowCell[] = [];
    const words: TextCell[] = [];
    for (const [index, text] of texts.entries()) {
      const [name, number] = [columns[index] ?? "", numbers[index]];
      if (number !== undefined) rowCells.push({ name, number });
      else if (text !== "") words.push({ name, text });
    }
    return valuesOfRow(rowCells, words);
  }

  /** A later line of words is a header only if it repeats a column: other such lines are notes. */
  #mayReplaceHeader(columns: readonly string[]): boolean {
    return this.#columns?.some((name) => columns.includes(name)) ?? true;
  }

  #setColumns(columns: readonly string[]): void {
    const before = this.#columns;
    this.#columns = columns;
    if (before === undefined) return;
    const added = columns.filter((name) => !before.includes(name));
    const removed = before.filter((name) => !columns.includes(name));
    if (added.length > 0 || removed.length > 0) this.headerChanges.push({ added, removed });
  }

  #noteUneven(cellCount: number, columnCount: number): void {
    this.unevenRows ??= { count: 0, cellCount, columnCount };
    this.unevenRows.count += 1;
  }
}

function delimiterOf(line: string): string {
  const counts = delimiters.map((delimiter) => line.split(delimiter).length);
  return delimiters[counts.indexOf(Math.max(...counts))] ?? ",";
}

/** A row without any number, in which each cell is a different word. */
function isHeader(cells: readonly string[], numbers: readonly unknown[]): boolean {
  const hasNumber = numbers.some((number) => number !== undefined);
  const isNamed = cells.every((cell) => /^[A-Za-z_]/u.test(cell));
  return !hasNumber && isNamed && new Set(cells).size === cells.length;
}
