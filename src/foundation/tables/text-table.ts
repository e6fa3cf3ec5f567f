/** Alignment of a column: numbers to the right or on their decimal points, text to the left. */
export type ColumnAlignment = "left" | "right" | "decimal";

export interface Column {
  head: string;
  align: ColumnAlignment;
}

/**
 * Formats rows under their headings, with two spaces between columns; no line ends in spaces.
 *
 * @param rows one text per column
 */
export function layOutTable(
  columns: readonly Column[],
  rows: readonly (readonly string[])[],
): string[] {
  const cells = columns.map((column, index) => {
    const texts = rows.map((row) => row[index] ?? "");
    return column.align === "decimal" ? alignDecimals(texts) : texts;
  });
  const widths = columns.map((column, index) =>
    Math.max(visibleWidth(column.head), ...(cells[index] ?? []).map(visibleWidth)),
  );
  const line = (texts: readonly string[]): string =>
    texts
      .map((text, index) => pad(text, widths[index] ?? 0, columns[index]?.align ?? "left"))
      .join("  ")
      .trimEnd();
  const heads = columns.map((column) => column.head);
  return [line(heads), ...rows.map((_, row) => line(cells.map((column) => column[row] ?? "")))];
}

/** Pads each number on the right so that decimal points are aligned. */
export function alignDecimals(texts: readonly string[]): string[] {
  const tails = texts.map(
    (text) => /^[-+$~*]*[\d,]*(?<tail>.*)$/u.exec(stripStyle(text))?.groups?.["tail"]?.length ?? 0,
  );
  const longest = Math.max(0, ...tails);
  return texts.map((text, index) =>
    text === "" ? text : text + " ".repeat(longest - (tails[index] ?? 0)),
  );
}

function pad(text: string, width: number, align: ColumnAlignment): string {
  const blanks = " ".repeat(Math.max(0, width - visibleWidth(text)));
  return align === "left" ? text + blanks : blanks + text;
}

/** Number of terminal columns of a text: color codes take none, East Asian wide characters two. */
export function visibleWidth(text: string): number {
  // Most cells are plain ASCII: a table with a thousand rows needs the width of each several times.
  if (/^[ -~]*$/u.test(text)) return text.length;
  let width = 0;
  for (const letter of stripStyle(text)) width += isWide(letter.codePointAt(0) ?? 0) ? 2 : 1;
  return width;
}

// oxlint-disable-next-line no-control-regex -- a color code starts with the escape character
const styleCode = /\u001B\[[\d;]*m/gu;

export function stripStyle(text: string): string {
  return text.includes("\u001B") ? text.replaceAll(styleCode, "") : text;
}

/** Truncates a text to a width, with an ellipsis if something is removed. */
export function truncate(text: string, width: number): string {
  if (visibleWidth(text) <= width) return text;
  let kept = "";
  let keptWidth = 0;
  for (const letter of stripStyle(text)) {
    keptWidth += visibleWidth(letter);
    if (keptWidth > width - 1) break;
    kept += letter;
  }
  return `${kept}…`;
}

/** Truncates the beginning of a text: ids of runs begin alike and end differently. */
export function truncateStart(text: string, width: number): string {
  if (visibleWidth(text) <= width) return text;
  let kept = "";
  let keptWidth = 0;
  for (const letter of Array.from(stripStyle(text)).toReversed()) {
    keptWidth += visibleWidth(letter);
    if (keptWidth > width - 1) break;
    kept = letter + kept;
  }
  return `…${kept}`;
}

const wideRanges: readonly (readonly [number, number])[] = [
  [0x1100, 0x115f],
  [0x2e80, 0xa4cf],
  [0xac00, 0xd7a3],
  [0xf900, 0xfaff],
  [0xfe30, 0xfe6f],
  [0xff00, 0xff60],
  [0xffe0, 0xffe6],
  [0x1f300, 0x1faff],
  [0x20000, 0x3fffd],
];

function isWide(codePoint: number): boolean {
  return (
    codePoint >= 0x1100 && wideRanges.some(([from, to]) => codePoint >= from && codePoint <= to)
  );
}
