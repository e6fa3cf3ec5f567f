// C0 without tab and line feed, DEL, C1, and the characters that reorder or hide text: direction marks, embeddings,
// overrides and isolates, line and paragraph separators.
const unprintable =
  // oxlint-disable-next-line no-control-regex -- this removes control characters
  /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069]/gu;

/** The color codes of `pitwall`'s own output. In external text they can only change a color. */
// oxlint-disable-next-line no-control-regex -- a color code starts with the escape character
const color = /(\u001B\[(?:1|2|22|31|32|33|36|39)m)/u;

/**
 * Makes text safe for a terminal: replaces every control character except tab and line feed by its escape (`\u001b`),
 * which is also its JSON escape.
 */
export function printableText(text: string, { keepsColor }: { keepsColor: boolean }): string {
  const unified = text.replaceAll("\r\n", "\n");
  if (!keepsColor) return escapeControls(unified);
  return unified
    .split(color)
    .map((part, index) => (index % 2 === 1 ? part : escapeControls(part)))
    .join("");
}

function escapeControls(text: string): string {
  return text.replaceAll(
    unprintable,
    (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`,
  );
}

/** The output of a program as lines: a carriage return starts a new line, and colors are removed. */
export function plainOutput(text: string): string {
  // oxlint-disable-next-line no-control-regex -- a color code starts with the escape character
  return text.replaceAll(/\u001B\[[\d;:]*m/gu, "").replaceAll(/\r\n?/gu, "\n");
}
