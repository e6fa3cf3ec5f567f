import { endOfString } from "./json-text.ts";

const valueMember = /"value"[ \t\n\r]*:[ \t\n\r]*(-?[0-9][0-9.eE+-]*)/g;

/**
 * Whether the member `value` of a JSON object is a whole number written with a decimal point or an exponent, which
 * `JSON.parse` does not reveal.
 *
 * @param value the parsed `value`
 * @param text the JSON text of the complete object
 */
export function wholeValueWrittenAsFloat(value: number, text: string): boolean {
  if (!Number.isInteger(value)) return false;
  const written = [...text.matchAll(valueMember)].map((match) => /[.eE]/.test(match[1] ?? ""));
  if (written.every((asFloat) => asFloat === written[0])) return written[0] ?? false;
  return outermostValue(text);
}

/** The same check if a nested `value` may be written differently: only depth 1 counts, and the last one there. */
function outermostValue(text: string): boolean {
  let depth = 0;
  let asFloat = false;
  let at = 0;
  while (at < text.length) {
    const character = text[at];
    if (character === "{" || character === "[") depth++;
    if (character === "}" || character === "]") depth--;
    const end = character === '"' ? endOfString(text, at) : at + 1;
    if (depth === 1 && text.slice(at, end) === '"value"') {
      number.lastIndex = end;
      const written = number.exec(text)?.[1];
      if (written !== undefined) asFloat = /[.eE]/.test(written);
    }
    at = end;
  }
  return asFloat;
}

const number = /[ \t\n\r]*:[ \t\n\r]*(-?[0-9][0-9.eE+-]*)/y;
