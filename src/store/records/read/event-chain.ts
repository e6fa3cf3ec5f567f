import { createHash } from "node:crypto";
import type {
  LifecycleEvent,
  LifecycleEventBody,
} from "../../../schema/run/events/lifecycle-event.ts";

/** The state of a chain of event lines: the number of lines and the hash of the last one. */
export interface ChainEnd {
  lineCount: number;
  lastSha256: string;
}

export const emptyChain: ChainEnd = { lineCount: 0, lastSha256: "0".repeat(64) };

/** The next line, without its newline, and the state of the chain after it. */
export function nextEventLine(
  end: ChainEnd,
  body: LifecycleEventBody,
  timeMs: number,
): { event: LifecycleEvent; line: string; end: ChainEnd } {
  const event: LifecycleEvent = {
    index: end.lineCount,
    timeMs,
    previousSha256: end.lastSha256,
    event: body,
  };
  const line = JSON.stringify(event);
  return { event, line, end: { lineCount: end.lineCount + 1, lastSha256: sha256(line) } };
}

/** Hash of a line of text, in hexadecimal. */
export function sha256(text: string): string {
  return createHash("sha256").update(text).digest("hex");
}
