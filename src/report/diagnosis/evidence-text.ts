import type { Diagnosis, LookedAt } from "../../schema/diagnosis/diagnosis.ts";
import type { Evidence } from "../../schema/diagnosis/evidence.ts";
import { countOf } from "../wording.ts";

/** Where a person finds it: `log.txt:118`, `events.jsonl:9`. Lines of events.jsonl count from 1. */
export function placeOf(evidence: Evidence): string {
  switch (evidence.kind) {
    case "line":
      return `${evidence.file}:${evidence.line}`;
    case "event":
      return `events.jsonl:${evidence.index + 1}`;
    case "finding":
      return evidence.rule;
    case "link":
      return evidence.hosts.join(" and ");
    case "samples":
      return `rank ${evidence.rank}, steps ${evidence.firstStep}-${evidence.lastStep}`;
    case "dump":
    case "ras":
    case "stack":
      return evidence.file;
  }
}

/** What it says. */
export function textOf(evidence: Evidence): string {
  switch (evidence.kind) {
    case "line":
      return `${evidence.rank === undefined ? "" : `rank ${evidence.rank}: `}${evidence.text}`;
    case "dump":
    case "ras":
      return `rank ${evidence.rank}: ${evidence.text}`;
    case "stack":
      return `rank ${evidence.rank}: ${stackText(evidence.frames)}`;
    case "event":
    case "finding":
    case "link":
    case "samples":
      return evidence.text;
  }
}

function stackText(frames: Extract<Evidence, { kind: "stack" }>["frames"]): string {
  const shown = frames
    .slice(0, 4)
    .map(({ function: name, line }) => (line === 0 ? name : `${name}:${line}`));
  return `in ${shown.join(" < ")}${frames.length > 4 ? " < …" : ""}`;
}

const names: Record<LookedAt["what"], string> = {
  "log-lines": "log line",
  events: "event",
  findings: "finding",
  "step-samples": "step sample",
  "verified-steps": "verified step",
  "flight-recorder-dumps": "Flight Recorder dump",
  "ras-answers": "NCCL RAS answer",
  stacks: "stack",
  "error-files": "error file",
};

/** What replayed steps say about the program itself; undefined if it is as it should be, or if none were replayed. */
export function determinismText({
  isDeterministic,
}: Pick<Diagnosis, "isDeterministic">): string | undefined {
  return isDeterministic === false
    ? "steps have different results when they are computed again, as in any program that is not deterministic; corruption cannot be distinguished from that"
    : undefined;
}

/** What was missing matters only where there is no answer, or none is needed. */
export function lookedAtText(lookedAt: readonly LookedAt[], verdict: Diagnosis["verdict"]): string {
  const present = lookedAt.filter(({ count }) => count > 0);
  const absent = lookedAt.filter(({ count }) => count === 0);
  const there = present.map(({ what, count }) => countOf(count, names[what])).join(", ");
  if (verdict.kind === "fault" || absent.length === 0) return there;
  const missing = absent.map(({ what }) => `${names[what]}s`);
  return `${there}; there were no ${inWords(missing)}`;
}

/** `findings, stacks, or error files`. */
function inWords(words: readonly string[]): string {
  const last = words.at(-1) ?? "";
  if (words.length < 3) return words.join(" or ");
  return `${words.slice(0, -1).join(", ")}, or ${last}`;
}
