import { blankedPrefix, endsInNumber, logPrefixLength, samePrefix } from "../lines/log-prefix.ts";
import { isSectionWord } from "../sections/line-section.ts";
import type { NamedNumber } from "../numbers/named-number.ts";
import type { CommaStyle } from "../numbers/read-number.ts";
import { type Cell, cellNumber, cellsOf, isFiller } from "./table-cells.ts";
import {
  type Columns,
  headersOf,
  isHeaderWithRepeats,
  isPlaceName,
  metricColumnOf,
} from "./table-header.ts";

/** A cell of a table that is not a number, with the name of its column. */
export interface NamedText {
  name: string;
  text: string;
}

/** A header, with what its rows have in common. */
interface Table {
  /** With several, the number of cells in a row decides. */
  ways: readonly Columns[];
  /** What a logger wrote before the header. */
  prefix: RegExp | undefined;
  hasRows: boolean;
  /** The newest text in the first column of a table with one metric per row. */
  group: string;
}

/** A sentence of three words looks like a header: rows of the tables before it are still read. */
const maximumOpenTables = 4;

/** Reads tables that are printed row by row after a header: CSV, `|` tables, columns separated by blanks. */
export class LineTables {
  /** The newest first. */
  #tables: readonly Table[] = [];
  #texts: NamedText[] = [];

  /** The cells of the row that `read` returned last that are not numbers: times, words. */
  get texts(): readonly NamedText[] {
    return this.#texts;
  }

  /** Whether a header was seen: any line may be a row of its table. */
  get isOpen(): boolean {
    return this.#tables.length > 0;
  }

  /** The numbers of a row with the names of their columns; undefined if the line is not a row of a table. */
  read(printed: string, commaStyle?: CommaStyle): NamedNumber[] | undefined {
    this.#texts = [];
    const line = unframed(withoutTrailer(printed));
    const length = endsInNumber(line) ? 0 : logPrefixLength(line);
    const ways = headersOfMessage(line, length);
    if (ways.length > 0 && !this.#isNote(ways)) {
      const prefix = length === 0 ? undefined : samePrefix(line, length);
      this.#open({ ways, prefix, hasRows: false, group: "" });
      return [];
    }
    if (isHeaderWithRepeats(line)) this.#tables = [];
    for (const table of this.#tables) {
      const row = this.#readMessage(table, line, commaStyle);
      if (row !== undefined) return row;
    }
    return undefined;
  }

  #open(table: Table): void {
    const others = this.#tables.filter(({ ways }) => !sharesColumn(ways, table.ways));
    this.#tables = [table, ...others].slice(0, maximumOpenTables);
  }

  /** `saving the checkpoint, please wait` between the rows of a table is no header. */
  #isNote([header]: readonly Columns[]): boolean {
    const open = this.#tables.find(({ hasRows }) => hasRows)?.ways[0];
    if (header?.delimiter !== "," || open?.delimiter !== ",") return false;
    const hasSentence = header.names.some((name) => /\s/u.test(name));
    return hasSentence && !header.names.some((name) => open.names.includes(name));
  }

  /** The rows of a header with a prefix have one too, or are further lines of its message. */
  #readMessage(
    table: Table,
    line: string,
    commaStyle: CommaStyle | undefined,
  ): NamedNumber[] | undefined {
    const { prefix, ways } = table;
    const length =
      prefix === undefined ? 0 : (prefix.exec(line)?.[0].length ?? logPrefixLength(line));
    const message = blankedPrefix(line, length);
    for (const columns of ways) {
      const cells = cellsOf(message, columns.delimiter);
      const row = this.#readRow(table, { columns, cells, commaStyle });
      if (row === undefined) continue;
      table.hasRows = true;
      return row;
    }
    return undefined;
  }

  #readRow(
    table: Table,
    {
      columns: { delimiter, names },
      cells,
      commaStyle,
    }: { columns: Columns; cells: readonly Cell[]; commaStyle: CommaStyle | undefined },
  ): NamedNumber[] | undefined {
    if (cells.length > names.length) return readLabeled({ delimiter, names }, cells, commaStyle);
    if (cells.length < names.length) return undefined;
    const isDecimalSafe = delimiter !== ",";
    const pairs = cells.map((cell, index) =>
      cellNumber(cell, names[index] ?? "", isDecimalSafe ? commaStyle : undefined),
    );
    const count = pairs.filter((pair) => pair !== undefined).length;
    if (count === 0) return undefined;
    const metricColumn = delimiter === "|" ? metricColumnOf(names) : undefined;
    if (metricColumn !== undefined) return readMetric(table, { names, cells, pairs, metricColumn });
    const isRow = cells.every((cell, index) => pairs[index] !== undefined || isFiller(cell.text));
    // `accuracy 0.95 done` is no row under `Training has started`.
    const isSparse = (delimiter === "blanks" || delimiter === "gaps") && count * 2 < cells.length;
    if (!isRow || isSparse) return undefined;
    this.#texts = cells.flatMap(({ text }, index) =>
      pairs[index] === undefined && text !== "" ? [{ name: names[index] ?? "", text }] : [],
    );
    const read = pairs.filter((pair) => pair !== undefined);
    const part = partOfWhole(names, cells);
    if (part !== "") for (const pair of read) pair.name = `${part} ${pair.name}`;
    return read;
  }
}

/** A row with a label before its numbers, in a column without a name: `macro avg 0.91 0.90 0.90 200`, `val 0.3 0.91`. */
function readLabeled(
  { delimiter, names }: Columns,
  cells: readonly Cell[],
  commaStyle: CommaStyle | undefined,
): NamedNumber[] | undefined {
  const labelLength = cells.length - names.length;
  const isSplitAtBlanks = delimiter === "blanks" || delimiter === "gaps";
  if (labelLength > (isSplitAtBlanks ? longestLabel : 1)) return undefined;
  const pairs = cells
    .slice(labelLength)
    .map((cell, index) =>
      cellNumber(cell, names[index] ?? "", delimiter === "," ? undefined : commaStyle),
    );
  const row = pairs.filter((pair) => pair !== undefined);
  if (row.length < names.length) return undefined;
  const label = cells.slice(0, labelLength).map(({ text }) => text);
  // A data frame numbers its rows.
  if (/^\d+$/u.test(label.join(" "))) return names.some(isPlaceName) ? row : undefined;
  if (!label.every((text) => /^\p{L}/u.test(text))) return undefined;
  for (const pair of row) pair.name = nameInCell(label.join(" "), pair.name);
  return row;
}

/** Words of a label that are separated by blanks, as its numbers are. */
const longestLabel = 3;

/** The data before the metric: `val acc` for the row `acc` and the column `val`, and the reverse. */
function nameInCell(row: string, column: string): string {
  return isSectionWord(column) ? `${column} ${row}` : `${row} ${column}`;
}

/** A row of a table with one metric per row: `| hellaswag | acc | 0.29 |`. */
function readMetric(
  table: Table,
  {
    names,
    cells,
    pairs,
    metricColumn,
  }: {
    names: readonly string[];
    cells: readonly Cell[];
    pairs: readonly (NamedNumber | undefined)[];
    metricColumn: number;
  },
): NamedNumber[] {
  const metric = cells[metricColumn]?.text ?? "";
  if (metricColumn > 0 && cells[0]?.text !== "") table.group = cells[0]?.text ?? "";
  const name = table.group === "" ? metric : `${table.group} ${metric}`;
  const values = pairs.filter((pair, index) => pair !== undefined && index > metricColumn);
  const value = values.find((pair) => /^(?:value|score|result)s?$/iu.test(pair?.name ?? ""));
  const only = value ?? (names.length === metricColumn + 2 ? values[0] : undefined);
  if (only !== undefined) return [{ ...only, name }];
  return values.flatMap((pair) =>
    pair === undefined ? [] : [{ ...pair, name: nameInCell(name, pair.name) }],
  );
}

/** Whether a header takes the place of another one. */
function sharesColumn([left]: readonly Columns[], [right]: readonly Columns[]): boolean {
  return left?.names.some((name) => name !== "" && right?.names.includes(name)) === true;
}

/** The header of a message, or of the whole line: what looks like a prefix may be a column. */
function headersOfMessage(line: string, length: number): Columns[] {
  const ofLine = headersOf(line);
  return length === 0 ? ofLine : [...headersOf(blankedPrefix(line, length)), ...ofLine];
}

/** A progress bar at the end of a row, as Ultralytics prints it. */
const trailingBar = /:\s*\d+%\S?\|?.*$/u;

/** The place of the call at the end of a line, as rich prints it. */
const trailingPlace = /\s{2,}\w+\.py:\d+\s*$/u;

function withoutTrailer(printed: string): string {
  const line = printed.includes("%") ? printed.replace(trailingBar, "") : printed;
  return line.includes(".py:") ? line.replace(trailingPlace, "") : line;
}

/** With bars for the lines of a frame, and without a frame around a single cell: `│ epoch  acc │`. */
function unframed(printed: string): string {
  if (!/[|│┃║]/u.test(printed)) return printed;
  const line = printed.replaceAll(/[│┃║]/gu, "|");
  const single = /^(\s*)\|([^|]*)\|\s*$/u.exec(line);
  return single === null || !/\S\s+\S/u.test(single[2] ?? "") ? line : `${single[1]} ${single[2]}`;
}

/** Columns that name the part of the data or the model that a row is about. */
const partColumn =
  /^(?:class|category|label|split|set|subset|phase|stage|dataset|domain|task|language|subject|client|fold|model|method)$/iu;
const whole = /^(?:all|total|overall)?$/iu;

/** The part of the whole that a row is about, as in the row `val` under `split | loss | acc`; empty for the whole. */
function partOfWhole(names: readonly string[], cells: readonly Cell[]): string {
  const text = cells[0]?.text ?? "";
  return partColumn.test(names[0] ?? "") && !whole.test(text) && /\p{L}/u.test(text) ? text : "";
}
