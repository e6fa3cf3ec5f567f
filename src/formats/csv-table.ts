import { CsvReader } from "../foundation/tables/csv-reader.ts";
import { UserError } from "../foundation/errors/user-error.ts";
import { Utf8Decoder } from "../foundation/bytes/utf8-decoder.ts";
import type { FileSample, StreamReader } from "./format.ts";

/** One line of a table. */
export interface TableLine<Column extends string> {
  text(column: Column): string;
  /** Undefined for an empty cell. Throws UserError `table-bad-number`. */
  number(column: Column): number | undefined;
  /** Throws UserError `table-bad-number` for an empty cell as well. */
  requiredNumber(column: Column): number;
}

/** Whether the first line of a file names all of these columns. */
export function hasColumns(sample: FileSample, columns: readonly string[]): boolean {
  if (sample.kind === "folder") return false;
  const [head = []] = new CsvReader().push(`${new Utf8Decoder().push(sample.firstBytes)}\n`);
  return columns.every((column) => head.includes(column));
}

/**
 * Reads a CSV table with a header line, row by row.
 *
 * @param name file name, for errors
 * @throws UserError `table-lacks-column`, `table-cut-off`
 */
export function readTable<Column extends string, Noun>(
  name: string,
  columns: readonly Column[],
  toNoun: (line: TableLine<Column>) => Noun,
): StreamReader<Noun> {
  const decoder = new Utf8Decoder();
  const csv = new CsvReader();
  let head: readonly string[] | undefined;
  let lineNumber = 0;
  const nounsOf = (lines: readonly (readonly string[])[]): Noun[] => {
    const nouns: Noun[] = [];
    for (const cells of lines) {
      lineNumber++;
      if (head === undefined) {
        head = cells;
        requireColumns(name, columns, head);
      } else nouns.push(toNoun(lineOf({ name, head, cells, lineNumber })));
    }
    return nouns;
  };
  return {
    push: (bytes) => nounsOf(csv.push(decoder.push(bytes))),
    end() {
      const nouns = nounsOf(csv.push(decoder.end()));
      if (csv.isInQuotes)
        throw new UserError("table-cut-off", `\`${name}\` ends inside a quoted cell`, {
          at: `${name}:${lineNumber + 1}`,
          hint: "the file is incomplete or has an unmatched quote; download it again",
        });
      nouns.push(...nounsOf(csv.end()));
      requireColumns(name, columns, head ?? []);
      return nouns;
    },
  };
}

function requireColumns(name: string, columns: readonly string[], head: readonly string[]): void {
  const missing = columns.find((column) => !head.includes(column));
  if (missing === undefined) return;
  throw new UserError("table-lacks-column", `\`${name}\` has no column \`${missing}\``, {
    at: name,
    saw: head.length === 0 ? "an empty file" : head.join(", "),
    hint: `required columns: ${columns.join(", ")}`,
  });
}

function lineOf<Column extends string>({
  name,
  head,
  cells,
  lineNumber,
}: {
  name: string;
  head: readonly string[];
  cells: readonly string[];
  lineNumber: number;
}): TableLine<Column> {
  const text = (column: Column): string => cells[head.indexOf(column)] ?? "";
  const requiredNumber = (column: Column): number => {
    const value = Number(text(column));
    if (text(column) !== "" && Number.isFinite(value)) return value;
    throw new UserError("table-bad-number", `\`${column}\` of \`${name}\` is not a number`, {
      at: `${name}:${lineNumber}`,
      saw: text(column) === "" ? "an empty cell" : `\`${text(column)}\``,
      hint: "use digits and a decimal point",
    });
  };
  return {
    text,
    requiredNumber,
    number: (column) => (text(column) === "" ? undefined : requiredNumber(column)),
  };
}
