import { lifecycleEvent, type LifecycleEvent } from "../../../schema/run/events/lifecycle-event.ts";
import { emptyChain, sha256, type ChainEnd } from "./event-chain.ts";
import type { EventHistory } from "../run-store.ts";

/** Reads events.jsonl: checks every complete line. A last line without newline was cut off. */
export function readEventHistory(text: string): EventHistory {
  const lines = text.split("\n");
  const rest = lines.pop() ?? "";
  const tornLine = rest === "" ? undefined : rest;
  const events: LifecycleEvent[] = [];
  let end = emptyChain;
  for (const [index, line] of lines.entries()) {
    const event = parseEventLine(line);
    const reason = event === undefined ? "not an event" : linkFault(event, end);
    if (event === undefined || reason !== undefined) {
      const broken = { kind: "broken", line: index + 1, reason: reason ?? "" } as const;
      return { events, chain: broken, lastLineSha256: end.lastSha256, tornLine };
    }
    events.push(event);
    end = { lineCount: index + 1, lastSha256: sha256(line) };
  }
  const chain = { kind: "intact" } as const;
  return { events, chain, lastLineSha256: end.lastSha256, tornLine };
}

function linkFault(event: LifecycleEvent, end: ChainEnd): string | undefined {
  if (event.index !== end.lineCount) {
    return `its index is ${event.index}, not ${end.lineCount}`;
  }
  if (event.previousSha256 !== end.lastSha256) {
    return "it does not carry the hash of the line before";
  }
  return undefined;
}

function parseEventLine(line: string): LifecycleEvent | undefined {
  try {
    return lifecycleEvent.safeParse(JSON.parse(line)).data;
  } catch {
    // JSON.parse throws a SyntaxError for invalid JSON; the caller reports the line.
    return undefined;
  }
}
