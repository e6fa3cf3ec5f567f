import { isJsonObject } from "../../foundation/json.ts";
import type { SeenSign } from "./line-signs.ts";
import { signOfLine } from "./sign-of-line.ts";

/**
 * Reads a file that torchrun's `@record` writes for a failed rank (`TORCHELASTIC_ERROR_FILE`): the message of the exception, and its
 * time in seconds since the epoch. Undefined if the text is another document.
 */
export function readErrorFile(
  text: string,
  place: { file: string; rank: number | undefined },
): SeenSign | undefined {
  const message = parse(text);
  if (!isJsonObject(message)) return undefined;
  const body = message["message"];
  const said = isJsonObject(body) ? body["message"] : body;
  const extra = isJsonObject(body) ? body["extraInfo"] : undefined;
  if (typeof said !== "string") return undefined;
  const seconds = isJsonObject(extra) ? Number(extra["timestamp"]) : Number.NaN;
  return {
    ...place,
    line: 1,
    text: said,
    kind: signOfLine(said)?.kind ?? "exception",
    timeMs: Number.isFinite(seconds) ? seconds * 1000 : undefined,
  };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    // Not JSON: not an error file.
    return undefined;
  }
}
