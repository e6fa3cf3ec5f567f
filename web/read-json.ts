import { visibleControls } from "../src/foundation/visible-controls.ts";

/** Ids are sent back to the server, and must stay as they are. */
const exactKeys: ReadonlySet<string> = new Set(["runId", "rowId"]);

/**
 * Reads JSON from the server, with control characters of all texts as visible symbols: names, logs and messages come
 * from programs and files that Pitwall did not write. All pages get their data from here.
 *
 * @throws SyntaxError
 */
export function readJson(text: string): unknown {
  return JSON.parse(text, (key, value: unknown) =>
    typeof value === "string" && !exactKeys.has(key) ? visibleControls(value) : value,
  );
}
