/** HTML that is safe to insert into a page. Only `html` makes it. */
export interface HtmlText {
  readonly markup: string;
}

type Part = string | number | HtmlText | undefined | readonly HtmlText[];

/** HTML from a template; every inserted text is escaped, also in quoted attributes. `undefined` inserts nothing. */
export function html(strings: TemplateStringsArray, ...parts: readonly Part[]): HtmlText {
  const markup = strings.map((text, index) => `${text}${markupOf(parts[index])}`).join("");
  return { markup };
}

function markupOf(part: Part): string {
  if (part === undefined) return "";
  if (typeof part === "string" || typeof part === "number") return escaped(String(part));
  if ("markup" in part) return part.markup;
  return part.map(({ markup }) => markup).join("");
}

/** Text with code in backticks, as messages for terminals have it. */
export function htmlWithCode(text: string): HtmlText {
  const parts = text.split("`");
  // A backtick without a partner is a character.
  if (parts.length % 2 === 0) return html`${text}`;
  return html`${parts.map((part, index) => (index % 2 === 1 ? html`<code>${part}</code>` : html`${part}`))}`;
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
};

/** Control characters, and characters that reorder text, are shown as their code. */
function escaped(text: string): string {
  return text
    .replaceAll(/[&<>"']/gu, (letter) => entities[letter] ?? "")
    .replaceAll(
      // oxlint-disable-next-line no-control-regex -- this replaces control characters
      /[\u0000-\u0008\u000B-\u001F\u007F-\u009F\u200E\u200F\u2028-\u202E\u2066-\u2069]/gu,
      (letter) => `\\u${letter.charCodeAt(0).toString(16).padStart(4, "0")}`,
    );
}
