// C0 without tab and line feed, DEL, C1, and the characters that reorder or hide text: direction marks, embeddings,
// overrides and isolates, line and paragraph separators.
const unprintable =
  // oxlint-disable-next-line no-control-regex -- control characters are what this removes
  /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u061C\u200E\u200F\u2028-\u202E\u2066-\u2069]/gu;

/** The color codes of `pitwall`'s own output. From outside they can change a color, nothing else. */
// oxlint-disable-next-line no-control-regex -- the escape character is what begins a color code
const color = /(\u001B\[(?:1|2|22|31|32|33|36|39)m)/u;

/**
 * Makes text safe for a terminal: every control character except tab and line feed is replaced by
 * its escape (`\u001b`), which also is its escape in JSON.
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

/** The output of a program as lines: a carriage return starts a new one, and colors are dropped. */
export function plainOutput(text: string): string {
  // oxlint-disable-next-line no-control-regex -- the escape character is what begins a color code
  return text.replaceAll(/\u001B\[[\d;:]*m/gu, "").replaceAll(/\r\n?/gu, "\n");
}
