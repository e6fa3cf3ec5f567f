import { visibleControls } from "../src/foundation/visible-controls.ts";

/** Ids are sent back to the server and must stay unchanged. */
const exactKeys: ReadonlySet<string> = new Set(["runId", "rowId"]);

/**
 * Parses JSON from the server and replaces control characters in all texts by visible symbols, because names, logs and
 * messages come from other programs. All pages get their data through this function.
 *
 * @throws SyntaxError
 */
export function readJson(text: string): unknown {
  return JSON.parse(text, (key, value: unknown) =>
    typeof value === "string" && !exactKeys.has(key) ? visibleControls(value) : value,
  );
}
