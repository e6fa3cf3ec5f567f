import { stripStyle, visibleWidth } from "../tables/text-table.ts";

/**
 * Wraps lines that are wider than a terminal between words. Continuation lines are aligned with the
 * text after the line's label (`  cost      $0.12 …`), or indented a little more than the line.
 *
 * @param width in columns; longer words are not broken
 */
export function wrapText(text: string, width: number): string {
  return text
    .split("\n")
    .map((line) => (visibleWidth(line) <= width ? line : wrapLine(line, width)))
    .join("\n");
}

function wrapLine(line: string, width: number): string {
  const indent = " ".repeat(hangingIndent(stripStyle(line), width));
  const [first = "", ...rest] = line.match(/^ *\S+|\s+\S+/gu) ?? [line];
  const lines = [first];
  for (const piece of rest) {
    const current = lines.at(-1) ?? "";
    if (visibleWidth(current + piece) <= width) lines[lines.length - 1] = current + piece;
    else lines.push(indent + piece.trimStart());
  }
  return lines.join("\n");
}

function hangingIndent(line: string, width: number): number {
  const label = /^ *\S+(?: \S+)* {2,}/u.exec(line)?.[0].length ?? 0;
  const own = /^ */u.exec(line)?.[0].length ?? 0;
  return label > 0 && label <= width / 2 ? label : Math.min(own + 4, Math.floor(width / 2));
}
