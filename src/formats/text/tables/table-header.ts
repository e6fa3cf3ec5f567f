import { cellsOf, type Delimiter } from "./table-cells.ts";

const maximumColumns = 200;
const maximumNameLength = 60;
const delimiters = [",", "\t", ";", "|", "blanks", "gaps"] as const;

/** One way to read the header of a table. */
export interface Columns {
  delimiter: Delimiter;
  names: readonly string[];
}

/** The possible columns of a header line; empty if the line is not a header. With two, the number of cells in a row decides. */
export function headersOf(line: string): Columns[] {
  if (!mayBeHeader(line)) return [];
  const ways = delimiters.flatMap((delimiter) => {
    const names = namesOf(line, delimiter);
    return isHeader(names, delimiter) ? [{ delimiter, names }] : [];
  });
  const [first, second] = ways;
  // `E  STEP  LOSS NER` has four columns, or three.
  return first?.delimiter === "blanks" && second !== undefined ? [first, second] : ways.slice(0, 1);
}

function namesOf(line: string, delimiter: Delimiter): string[] {
  return cellsOf(line, delimiter).map(({ text }) => columnName(text));
}

function isHeader(names: readonly string[], delimiter: Delimiter): boolean {
  if (
    names.length < fewestColumns(names, delimiter) ||
    names.length > maximumColumns ||
    isSentence(names)
  )
    return false;
  if (delimiter === "gaps" && !names.some((name) => /[\s#]/u.test(name))) return false;
  const isLong = delimiter === "|" && metricColumnOf(names) !== undefined;
  if (isLong) return names.every((name) => name === "" || isColumnName(name, delimiter));
  return (
    names.every((name) => isColumnName(name, delimiter)) && new Set(names).size === names.length
  );
}

/** Two words are often a sentence; `epoch  acc` is none. */
function fewestColumns([first = ""]: readonly string[], delimiter: Delimiter): number {
  const isOfWords = delimiter === "blanks" || delimiter === "gaps";
  return isOfWords && !isPlaceName(first) ? 3 : 2;
}

/** `| category | AP | category | AP |`: the header of a table whose columns have no names of their own. */
export function isHeaderWithRepeats(line: string): boolean {
  if (!line.includes("|") || !mayBeHeader(line)) return false;
  const names = namesOf(line, "|");
  return names.length > 1 && names.every((name) => isColumnName(name, "|"));
}

/** The column that names a metric in each row: `| Task | Metric | Value |`, `Test metric | DataLoader 0`. */
export function metricColumnOf(names: readonly string[]): number | undefined {
  const index = names.findIndex((name) => /(?:^|\s)metrics?(?: name)?$/iu.test(name));
  return index === -1 ? undefined : index;
}

/** Whether a column counts epochs or steps. */
export function isPlaceName(name: string): boolean {
  return /^(?:epochs?|(?:global[_ ]?)?step|iter(?:ation)?s?|round)$/iu.test(name);
}

/** Words of sentences, not of columns: `Training is done`. */
const sentenceWord =
  /(?:^|\s)(?:is|are|was|were|been|has|have|had|will|the|this|that|now|done|please|we|you)(?:\s|$)/iu;

/** `After epoch 3, accuracy is 0.95`: numbers after words, not columns such as `Top 5`. */
function isSentence(names: readonly string[]): boolean {
  return (
    names.some((name) => sentenceWord.test(name)) ||
    names.some((name) => /\s\d*\.\d+(?:\s|%|$)/u.test(name)) ||
    names.some((name) => /^(?:epoch|step|iter(?:ation)?|round)\s+\d/iu.test(name)) ||
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
  if (/^(?:nan|inf(?:inity)?)$/iu.test(name)) return false;
  return wordOf(delimiter).test(name.replace(thresholds, "@"));
}

function wordOf(delimiter: Delimiter): RegExp {
  switch (delimiter) {
    case "blanks":
      return /^[A-Za-z_][\w./@%#-]*$/u;
    case "gaps":
      return /^(?:#|[A-Za-z_][\w ./@()%#-]*)$/u;
    case ",":
    case "\t":
    case ";":
    case "|":
      return /^[A-Za-z_][\w ./@()%#-]*$/u;
  }
}
