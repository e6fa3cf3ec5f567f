// What the record of a run shows, as the input of the diagnosis: small, and without paths and names of this machine.
import { hostname } from "node:os";
import { signOfLine } from "../../build/diagnose/lines/sign-of-line.js";
import { lookAtRanks } from "../../build/workflows/diagnose/look-at-ranks.js";
import { factsOfRecord } from "../../build/workflows/diagnose/facts-of-record.js";
import { attributedLines } from "../../build/store/records/read/attributed-lines.js";
import { openRecordFolder } from "../../build/store/records/disk-run-store.js";

const keptLines = 60;

/** @param options `looks`: as `pitwall doctor` looks at the ranks of a silent run; default: no */
export async function recordedFacts(directory, { looks = false } = {}) {
  const opened = await openRecordFolder(directory);
  if (opened.kind !== "opened") throw new Error(`the record is ${opened.kind}`);
  const { record } = opened;
  const {
    signs: _signs,
    badLosses: _badLosses,
    printedSpike: _printedSpike,
    stacks,
    dumps,
    steps,
    events,
    ...facts
  } = await factsOfRecord(record, Date.now());
  const seen = looks ? await lookAtRanks(record, { env: process.env, nowMs: Date.now }) : undefined;
  const lines = [];
  for await (const { rank, text, number } of attributedLines(directory))
    for (const part of text.split("\r").slice(-40))
      lines.push([number, rank ?? null, part.slice(0, 400)]);
  const [{ timeMs: startMs = 0 } = {}] = events;
  const relative = (timeMs) => Math.round((timeMs - startMs) * 10) / 10;
  const kept = {
    ...facts,
    outcome: facts.outcome,
    // The first and the last lines, and all that may be signs of something, now or to a later diagnosis.
    lines: lines.filter(
      ([, , text], index) =>
        index < 20 ||
        index >= lines.length - keptLines ||
        signOfLine(text) !== undefined ||
        /error|exception|fail|kill|abort|memory|signal|nan\b/iu.test(text),
    ),
    events: events.map(({ timeMs, event }) => [relative(timeMs), withoutProcess(event, relative)]),
    steps: [...steps].map(([rank, samples]) => [
      rank,
      samples.map((each) => [
        relative(each.timeMs),
        each.step,
        each.stepCount,
        each.computeMs,
        each.dataWaitMs,
        each.communicationMs,
        each.loss ?? null,
        each.nonFiniteLoss ?? null,
        each.parameterChecksums ?? null,
        each.forwardMs ?? null,
        each.backwardMs ?? null,
        each.optimizerMs ?? null,
      ]),
    ]),
    dumps: dumps.map((dump) =>
      Object.assign({}, dump, {
        statuses: [...dump.statuses],
        dumpedMs: dump.dumpedMs === undefined ? undefined : relative(dump.dumpedMs),
        entries: dump.entries.slice(-20).map((entry) => shiftEntry(entry, relative)),
      }),
    ),
    stacks: (seen?.stacks ?? stacks).map((stack) =>
      Object.assign({}, stack, { frames: stack.frames.slice(0, 30) }),
    ),
  };
  return JSON.parse(redact(JSON.stringify(kept)));
}

function withoutProcess(event, relative) {
  const { pid: _pid, hostMs, startedMs: _started, command: _command, ...kept } = event;
  return hostMs === undefined ? kept : { ...kept, hostMs: relative(hostMs) };
}

function shiftEntry(entry, relative) {
  const shifted = { ...entry };
  for (const name of ["createdMs", "startedMs", "completedMs"])
    if (shifted[name] !== undefined) shifted[name] = relative(shifted[name]);
  return shifted;
}

function redact(text) {
  return text
    .replaceAll(/(?:\/[\w.+-]+){2,}\/(?=[\w.+-]+)/gu, (path) =>
      /\/(?:torch|python3?[\d.]*)\//u.test(path)
        ? path.replace(/^.*?(?=\/(?:torch|python3?[\d.]*)\/)/u, "/lib")
        : "/job/",
    )
    .replaceAll(new RegExp(`\\b${hostname()}\\b`, "gu"), "machine");
}
