// Runs the diagnosis on a case and compares its answer with the label.
import { diagnoseRun } from "../../build/diagnose/diagnose-run.js";
import { readFlightDump } from "../../build/diagnose/flight/read-flight-dump.js";
import { LineSigns } from "../../build/diagnose/lines/line-signs.js";

/** `right`: every injected fault is named with its kind and ranks, and no other. */
export function answerOf(labelled) {
  const { expected, source, about } = labelled;
  const { verdict } = labelled.diagnosis ?? diagnoseRun(factsOf(labelled));
  const named =
    verdict.kind === "fault" ? verdict.causes.map(({ kind, ranks }) => ({ kind, ranks })) : [];
  const known = { source, about, expected, named, reason: verdict.reason };
  if (verdict.kind === "not-sure") return { ...known, verdict: "not sure" };
  if (expected.length === 0)
    return { ...known, verdict: named.length === 0 ? "right" : "false alarm" };
  if (named.length === 0) return { ...known, verdict: "missed" };
  const text = (causes) =>
    causes
      .map(({ kind, ranks }) => `${kind} ${ranks.join()}`)
      .toSorted()
      .join("; ");
  // Two equal faults may be named as one cause with both ranks.
  const merged = (causes) => text(mergeEqual(causes));
  if (merged(named) === merged(expected)) return { ...known, verdict: "right" };
  const kinds = (causes) => sortedKinds(causes).join();
  return { ...known, verdict: kinds(named) === kinds(expected) ? "wrong rank" : "wrong kind" };
}

/** Each kind once, in alphabetical order. */
export function sortedKinds(causes) {
  return [...new Set(causes.map(({ kind }) => kind))].toSorted((a, b) => (a < b ? -1 : 1));
}

function mergeEqual(causes) {
  const merged = new Map();
  for (const { kind, ranks } of causes) merged.set(kind, [...(merged.get(kind) ?? []), ...ranks]);
  return [...merged].map(([kind, ranks]) => ({ kind, ranks: ranks.toSorted((a, b) => a - b) }));
}

const nothing = { stacks: [], errorFiles: [], unread: [], findings: [], lines: [], events: [] };

function factsOf(labelled) {
  const { lines, events, dumps = [], steps = new Map(), ...run } = { ...nothing, ...labelled };
  const signs = new LineSigns();
  for (const [index, { rank, text, number = index + 1 }] of lines.entries())
    signs.push({ file: "log.txt", line: number, rank, text });
  return {
    state: run.state ?? (run.outcome === undefined ? "unknown" : "finished"),
    outcome: run.outcome,
    events: events.map(({ timeMs, ...event }, index) => {
      return { index, timeMs: timeMs ?? index, previousSha256: "", event };
    }),
    findings: run.findings,
    ...signs.seen,
    steps,
    links: run.links ?? [],
    ras: run.ras,
    ...(run.isMute === undefined ? {} : { isMute: run.isMute }),
    dumps: run.readDumps ?? dumps.map(readDump),
    stacks: run.stacks,
    errorFiles: run.errorFiles,
    unread: run.unread,
  };
}

function readDump({ text, bytes, ...given }) {
  const reading = readFlightDump(bytes ?? new TextEncoder().encode(text), given);
  if (reading.kind !== "read") throw new Error(`${given.file}: ${reading.kind}`);
  return reading.dump;
}
