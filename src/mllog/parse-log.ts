import type { LogLine } from "../schema/logs/log-event.ts";
import { createLogReader } from "./log-reader.ts";
import { findToken, readPayload } from "./parse-line.ts";

/** A complete log: its lines with a token, and its total number of lines. */
export interface ParsedLog {
  lines: readonly LogLine[];
  lineCount: number;
}

/**
 * Reads a complete log. Offsets are in bytes, or in characters if the log is given as text. Never throws.
 *
 * @example
 * ```ts
 * import { readFile } from "node:fs/promises";
 * import { parseLog } from "pitwall";
 *
 * const { lines, lineCount } = parseLog(await readFile("result_0.txt"));
 * console.log(`${lines.length} events in ${lineCount} lines`);
 * for (const line of lines) {
 *   if (line.kind !== "event" || line.event.key !== "eval_accuracy") continue;
 *   console.log(line.lineNumber, line.event.timeMs, line.event.value);
 * }
 * ```
 */
export function parseLog(log: Uint8Array | string): ParsedLog {
  if (typeof log === "string") return parseText(log);
  const reader = createLogReader();
  const lines = reader.push(log);
  lines.push(...reader.end());
  return { lines, lineCount: reader.lineCount() };
}

function parseText(log: string): ParsedLog {
  const lines: LogLine[] = [];
  const lineEnd = /\r\n|\n|\r/g;
  let lineNumber = 0;
  let start = 0;
  while (start < log.length) {
    lineNumber++;
    lineEnd.lastIndex = start;
    const found = lineEnd.exec(log);
    const text = log.slice(start, found?.index);
    const token = findToken(text);
    if (token !== undefined) {
      const reading = readPayload(token.dialect, text.slice(token.start));
      lines.push({ ...reading, lineNumber, byteOffset: start + token.start });
    }
    start = found === null ? log.length : lineEnd.lastIndex;
  }
  return { lines, lineCount: lineNumber };
}
