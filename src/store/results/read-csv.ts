import { basename } from "node:path";
import { UserError } from "../../foundation/user-error.ts";
import { readText, unreadableFile } from "../open-file.ts";

/**
 * Reads a table with a head line, each line as a function from a column to its cell; cells with commas or line ends
 * stand in quotes.
 *
 * @throws UserError `table-lacks-column`
 */
export async function readCsv<Column extends string>(
  path: string,
  columns: readonly Column[],
): Promise<((column: Column) => string)[]> {
  const read = await readText(path, { followsLinks: true });
  if (read.kind !== "read") throw unreadableFile(path, read);
  const { text } = read;
  const [head = [], ...lines] = linesOf(text);
  const lacking = columns.find((column) => !head.includes(column));
  if (lacking !== undefined) {
    throw new UserError(
      "table-lacks-column",
      `\`${basename(path)}\` has no column \`${lacking}\``,
      { at: path, saw: head.join(", ") },
    );
  }
  return lines.map((line) => {
    const cells = new Map(columns.map((column) => [column, line[head.indexOf(column)] ?? ""]));
    return (column) => cells.get(column) ?? "";
  });
}

function linesOf(text: string): string[][] {
  const cell = /(?:"((?:[^"]|"")*)"|([^,\r\n]*))(,|\r?\n|$)/g;
  const lines: string[][] = [];
  let line: string[] = [];
  for (const [all, quoted, plain, end] of text.matchAll(cell)) {
    if (all === "" && line.length === 0) break;
    line.push(quoted === undefined ? (plain ?? "") : quoted.replaceAll('""', '"'));
    if (end === ",") continue;
    lines.push(line);
    line = [];
  }
  return lines;
}
