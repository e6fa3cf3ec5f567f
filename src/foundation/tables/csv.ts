export type CsvCell = string | number | boolean;

export interface CsvOptions {
  /** Does not escape text, for programs that read it: a spreadsheet may run it as a formula. Default false. */
  isRaw?: boolean;
}

/**
 * Formats rows of cells as CSV (RFC 4180); lines end in LF, and numbers have full precision.
 *
 * Spreadsheets run text as a formula if it starts with `=`, `+`, `-`, `@`, a tab or a carriage return. Such a cell gets
 * a leading apostrophe, unless it is a number or a single `-`.
 *
 * @see https://owasp.org/www-community/attacks/CSV_Injection
 */
export function csvText(
  rows: readonly (readonly CsvCell[])[],
  { isRaw = false }: CsvOptions = {},
): string {
  const cellText = (cell: CsvCell): string =>
    quoted(isRaw || typeof cell !== "string" ? String(cell) : withoutFormula(cell));
  return rows.map((cells) => `${cells.map(cellText).join(",")}\n`).join("");
}

const formulaStart = /^[=+\-@\t\r]/u;
const signedNumber = /^[+-](?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?$/iu;

function withoutFormula(text: string): string {
  const isHarmless = !formulaStart.test(text) || signedNumber.test(text) || text === "-";
  return isHarmless ? text : `'${text}`;
}

function quoted(text: string): string {
  return /[",\r\n]/u.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
