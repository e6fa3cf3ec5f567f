import type { JsonValue } from "../../foundation/json.ts";

/** Strings, and the numbers that Python's json module writes bare. */
const stringOrBareNumber = /"(?:[^"\\]|\\.)*"|-?\b(?:NaN|Infinity)\b/gu;

/**
 * Parses JSON as Python's json module writes it: bare `NaN`, `Infinity` and `-Infinity` become strings of these words,
 * because JSON cannot represent them. Undefined if the text is not JSON, for example because it is incomplete.
 */
export function parsePythonJson(text: string): JsonValue | undefined {
  return parseJson(text) ?? parseJson(withQuotedNumbers(text));
}

function withQuotedNumbers(text: string): string {
  return text.replaceAll(stringOrBareNumber, (found) =>
    found.startsWith('"') ? found : `"${found}"`,
  );
}

function parseJson(text: string): JsonValue | undefined {
  try {
    const value: JsonValue = JSON.parse(text);
    return value;
  } catch (error) {
    if (error instanceof SyntaxError) return undefined;
    throw error;
  }
}
