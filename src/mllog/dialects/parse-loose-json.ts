import type { JsonValue } from "../../foundation/json.ts";
import { deepestNesting, endOfString } from "./json-text.ts";

/** Maximum nesting of lists and objects: far beyond any real log, and safe for recursion. */
export const maxNesting = 500;

export type LooseJson =
  | { kind: "json"; value: JsonValue }
  | { kind: "unreadable"; reason: "not-json" | "nested-too-deep" };

/** Parses JSON that may contain `NaN`, `Infinity` and `-Infinity` as numbers, as Python writes them. Never throws. */
export function parseLooseJson(text: string): LooseJson {
  // Each level takes two characters, so short text cannot be nested too deep.
  if (text.length > 2 * maxNesting && deepestNesting(text) > maxNesting) {
    return { kind: "unreadable", reason: "nested-too-deep" };
  }
  const plain = tryParse(text);
  if (plain.kind === "json" || !/NaN|Infinity/.test(text)) return plain;
  return parseWithBareNumbers(text);
}

function tryParse(text: string, reviver?: (key: string, value: unknown) => unknown): LooseJson {
  try {
    return { kind: "json", value: JSON.parse(text, reviver) };
  } catch (error) {
    // JSON.parse throws a SyntaxError for invalid JSON; any other error is a bug in Pitwall.
    if (error instanceof SyntaxError) return { kind: "unreadable", reason: "not-json" };
    throw error;
  }
}

const bareNumbers: readonly (readonly [string, number])[] = [
  ["NaN", Number.NaN],
  ["Infinity", Number.POSITIVE_INFINITY],
  ["-Infinity", Number.NEGATIVE_INFINITY],
];

/** Replaces each bare number by a marked string, parses, and converts the strings back. */
function parseWithBareNumbers(text: string): LooseJson {
  let mark = "\uE000";
  while (text.includes(mark)) mark += "\uE000";
  const pieces: string[] = [];
  let copied = 0;
  let at = 0;
  while (at < text.length) {
    if (text[at] === '"') {
      at = endOfString(text, at);
      continue;
    }
    const bare = bareNumbers.find(([word]) => text.startsWith(word, at));
    if (bare === undefined) {
      at++;
      continue;
    }
    pieces.push(text.slice(copied, at), `"${mark}${bare[0]}"`);
    at += bare[0].length;
    copied = at;
    // A number cannot be a member name.
    if (/^[ \t\n\r]*:/.test(text.slice(at, at + 64)))
      return { kind: "unreadable", reason: "not-json" };
  }
  pieces.push(text.slice(copied));
  const numbers = new Map(bareNumbers.map(([word, number]) => [mark + word, number]));
  return tryParse(pieces.join(""), (_name, value) =>
    typeof value === "string" ? (numbers.get(value) ?? value) : value,
  );
}
