import type { NamedNumber } from "../numbers/named-number.ts";
import { type CommaStyle, readNumberAt } from "../numbers/read-number.ts";

/** What separates the columns of a table; `gaps` are two blanks or more, so that names of columns may contain one. */
export type Delimiter = "," | "\t" | ";" | "|" | "blanks" | "gaps";

export interface Cell {
  text: string;
  /** Index of its first character in the line. */
  start: number;
}

/** The cells of a line, in order. Frames such as `│ a ┃ b │` count as bars. */
export function cellsOf(line: string, delimiter: Delimiter): Cell[] {
  switch (delimiter) {
    case "blanks":
      return matches(line, /\S+/gu);
    case "gaps":
      return matches(line, /\S+(?: \S+)*/gu);
    case ",":
    case "\t":
    case ";":
      return split(line, delimiter);
    case "|":
      return withoutFrame(split(line, delimiter));
  }
}

function matches(line: string, cell: RegExp): Cell[] {
  return [...line.matchAll(cell)].map(({ 0: text, index }) => ({ text, start: index }));
}

function split(line: string, delimiter: string): Cell[] {
  const cells: Cell[] = [];
  let start = 0;
  for (const part of line.split(delimiter)) {
    const text = part.trim();
    cells.push({ text, start: start + part.indexOf(text) });
    start += part.length + 1;
  }
  return cells;
}

/** `| a | b |`: the first and the last bar are borders. */
function withoutFrame(cells: readonly Cell[]): Cell[] {
  const first = cells[0]?.text === "" ? 1 : 0;
  const last = cells.length > 1 && cells.at(-1)?.text === "" ? -1 : cells.length;
  return cells.slice(first, last);
}

/** The number of a cell that holds nothing else. */
export function cellNumber(
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
export function isFiller(text: string): boolean {
  return text === "" || timeText.test(text) || /^[\w./@%-]+$/u.test(text);
}
