import { visibleControls } from "../src/foundation/text/visible-controls.ts";

/** Ids are sent back to the server and must stay unchanged. */
const exactKeys: ReadonlySet<string> = new Set(["runId", "rowId"]);

/** Characters that may be a control, also in their escaped form. Most documents have none, and the others are rare. */
const mayHaveControls = /[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]|\\[bfnrtu]/u;

/**
 * Parses JSON from the server and replaces control characters in all texts by visible symbols, because names, logs and
 * messages come from other programs. All pages get their data through this function.
 *
 * @throws SyntaxError
 */
export function readJson(text: string): unknown {
  // A reviver takes ten times as long as parsing.
  if (!mayHaveControls.test(text)) return JSON.parse(text);
  return JSON.parse(text, (key, value: unknown) =>
    typeof value === "string" && !exactKeys.has(key) ? visibleControls(value) : value,
  );
}
