import { stripStyle, visibleWidth } from "./text-table.ts";

/**
 * Breaks lines that are wider than a terminal between words. What follows hangs under the text
 * behind the line's label (`  cost      $0.12 …`), or a little further in than the line began.
 *
 * @param width in columns; words wider than it stay whole
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
