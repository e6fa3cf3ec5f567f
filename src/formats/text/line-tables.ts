import { type CommaStyle, readNumberAt } from "./read-number.ts";
import type { NamedNumber } from "./named-number.ts";

const maximumColumns = 200;
const maximumNameLength = 60;
const delimiters = [",", "\t", ";", "|"] as const;
type Delimiter = (typeof delimiters)[number] | "blanks";

/** A cell of a table that is not a number, with the name of its column. */
export interface NamedText {
  name: string;
  text: string;
}

interface Header {
  delimiter: Delimiter;
  names: readonly string[];
}

/** Reads tables that are printed row by row after a header: CSV, `|` tables, columns separated by blanks. */
export class LineTables {
  #header: Header | undefined;
  #texts: NamedText[] = [];

  /** The cells of the row that `read` returned last that are not numbers: times, words. */
  get texts(): readonly NamedText[] {
    return this.#texts;
  }

  /** Whether a header was seen: any line may be a row of its table. */
  get isOpen(): boolean {
    return this.#header !== undefined;
  }

  /** The numbers of a row with the names of their columns; undefined if the line is not a row of a table. */
  read(printed: string, commaStyle?: CommaStyle): NamedNumber[] | undefined {
    this.#texts = [];
    const line = printed.includes("%") ? printed.replace(trailingBar, "") : printed;
    const header = headerOf(line);
    if (header !== undefined) {
      this.#header = header;
      return [];
    }
    if (isHeaderWithRepeats(line)) this.#header = undefined;
    if (this.#header === undefined) return undefined;
    const { delimiter, names } = this.#header;
    const cells = cellsOf(line, delimiter);
    if (cells.length !== names.length || isOneOfMany(names, cells)) return undefined;
    const isDecimalSafe = delimiter !== ",";
    const pairs = cells.map((cell, index) =>
      cellNumber(cell, names[index] ?? "", isDecimalSafe ? commaStyle : undefined),
    );
    if (pairs.every((pair) => pair === undefined)) return undefined;
    const isRow = cells.every((cell, index) => pairs[index] !== undefined || isFiller(cell.text));
    if (!isRow) return undefined;
    this.#texts = cells.flatMap(({ text }, index) =>
      pairs[index] === undefined && text !== "" ? [{ name: names[index] ?? "", text }] : [],
    );
    return pairs.filter((pair) => pair !== undefined);
  }
}

/** A progress bar at the end of a row, as Ultralytics prints it. */
const trailingBar = /:\s*\d+%\S?\|?.*$/u;

/** `| category | AP | category | AP |`: the header of a table whose columns have no names of their own. */
function isHeaderWithRepeats(line: string): boolean {
  if (!line.includes("|") || !mayBeHeader(line)) return false;
  const names = cellsOf(line, "|").map(({ text }) => columnName(text));
  return names.length > 1 && names.every((name) => isColumnName(name, "|"));
}

/** A row about one class, in a table whose row `all` holds the values of the metric. */
function isOneOfMany(names: readonly string[], cells: readonly Cell[]): boolean {
  const isPerClass = /^(?:class|category|label)$/iu.test(names[0] ?? "");
  return isPerClass && cells[0]?.text.toLowerCase() !== "all";
}

interface Cell {
  text: string;
  start: number;
}

function headerOf(line: string): Header | undefined {
  if (!mayBeHeader(line)) return undefined;
  for (const delimiter of [...delimiters, "blanks"] as const) {
    const names = cellsOf(line, delimiter).map(({ text }) => columnName(text));
    const fewest = delimiter === "blanks" ? 3 : 2;
    const isHeader =
      names.length >= fewest &&
      names.length <= maximumColumns &&
      names.every((name) => isColumnName(name, delimiter)) &&
      new Set(names).size === names.length &&
      !isSentence(names);
    if (isHeader) return { delimiter, names };
  }
  return undefined;
}

/** `After epoch 3, accuracy is 0.95`: numbers after words, not columns such as `Top 5`. */
function isSentence(names: readonly string[]): boolean {
  return (
    names.some((name) => /\s\d*\.\d+%?$/u.test(name)) ||
    names.every((name) => /\s\d+%?$/u.test(name))
  );
}

/** A quick test: no name of a column contains `=` or `:`, and none between blanks begins with a digit. */
function mayBeHeader(line: string): boolean {
  if (/(?<!@\d*\.\d+)[=:]/u.test(line)) return false;
  return /[,;|\t]/u.test(line) || !/(?:^|\s)[+-]?\.?\d/u.test(line);
}

/** Without quotes, and without a parenthesis around several columns: `Box(P`, `R`, `mAP50)`. */
function columnName(text: string): string {
  const name = text.replaceAll(/^["']|["']$/gu, "");
  if (name.includes("(") && !name.includes(")")) return name.slice(name.indexOf("(") + 1);
  return name.includes("(") ? name : name.replace(/\)$/u, "");
}

/** A range of thresholds in a name: `mAP@.5:.95`. */
const thresholds = /@\d*\.\d+:\d*\.\d+/gu;

/** Whether a cell may name a column: a word, not a number, without `=` or `:`. */
function isColumnName(name: string, delimiter: Delimiter): boolean {
  if (name.length === 0 || name.length > maximumNameLength) return false;
  const word = delimiter === "blanks" ? /^[A-Za-z_][\w./@%#-]*$/u : /^[A-Za-z_][\w ./@()%#-]*$/u;
  return word.test(name.replace(thresholds, "@")) && !/^(?:nan|inf(?:inity)?)$/iu.test(name);
}

function cellsOf(line: string, delimiter: Delimiter): Cell[] {
  if (delimiter === "blanks")
    return [...line.matchAll(/\S+/gu)].map(({ 0: text, index }) => ({ text, start: index }));
  const cells: Cell[] = [];
  let start = 0;
  for (const part of line.split(delimiter)) {
    const text = part.trim();
    cells.push({ text, start: start + part.indexOf(text) });
    start += part.length + 1;
  }
  return delimiter === "|" ? withoutFrame(cells) : cells;
}

/** `| a | b |`: the first and the last bar are borders. */
function withoutFrame(cells: readonly Cell[]): Cell[] {
  const first = cells[0]?.text === "" ? 1 : 0;
  const last = cells.length > 1 && cells.at(-1)?.text === "" ? -1 : cells.length;
  return cells.slice(first, last);
}

function cellNumber(
  { text, start }: Cell,
  name: string,
  commaStyle: CommaStyle | undefined,
): NamedNumber | undefined {
  const number = readNumberAt(text, 0, commaStyle);
  if (number === undefined || number.suffixEnd !== text.length) return undefined;
  const { end, suffixEnd } = number;
  return {
    name,
    number: { ...number, start, end: start + end, suffixEnd: start + suffixEnd },
    runningMean: undefined,
    outOf: undefined,
  };
}

/** A time of day, a date with a time, a duration with days. */
const timeText =
  /^(?:\d+ days?,? )?["']?[\d:.,TZ/+-]+(?: [\d:.,Z+-]+(?: ?[+-]\d\d:?\d\d| ?UTC)?)?["']?$/u;

/** Cells other than numbers that a row may contain: empty, a time of day, one word. */
function isFiller(text: string): boolean {
  return text === "" || timeText.test(text) || /^[\w./@%-]+$/u.test(text);
}
