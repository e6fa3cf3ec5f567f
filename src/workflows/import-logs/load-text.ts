import { stat } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { LogClock } from "../../formats/training-log/log-clock.ts";
import type { ClockDoubt } from "../../formats/training-log/log-clock-scan.ts";
import { describeLogClock } from "../../formats/training-log/describe-log-clock.ts";
import type { Settings } from "../../formats/settings.ts";
import type { LogParts } from "../../formats/training-log/training-parts.ts";
import type { Finding } from "../../schema/run/findings/finding.ts";
import { datedLines } from "./dated-lines.ts";
import type { LoadedTraining } from "./loaded-training.ts";
import { experimentText, seedOf } from "./experiment-settings.ts";
import { settingsOfCsv } from "./settings-beside.ts";
import { type PartTime, partTimes } from "./part-times.ts";
import { type PartFacts, scanText, type TextScan } from "./scan-text.ts";

/**
 * Loads the trainings of a text log. None if it has no number with a name and no MLLOG line.
 *
 * @throws UserError `file-unreadable`, `log-empty`, `log-not-text`
 */
export async function loadText(path: string, given: string): Promise<LoadedTraining[]> {
  const scan = await scanText(path);
  // Without dates, the file's modification time dates the end of the last training.
  const { mtimeMs } = await stat(path);
  const times = partTimes(scan, mtimeMs);
  const settings = await settingsOfCsv(path);
  return scan.trainings.flatMap((facts, index) => {
    const time = times[index];
    const hasNumbers = facts.metrics.size > 0 || facts.source.kind === "mllog";
    if (time === undefined || !hasNumbers) return [];
    return [trainingOf({ path, given, scan, index, facts, time, settings })];
  });
}

interface PartOfScan {
  path: string;
  given: string;
  scan: TextScan;
  index: number;
  facts: PartFacts;
  time: PartTime;
  settings: Settings;
}

function trainingOf(part: PartOfScan): LoadedTraining {
  const { path, given, scan, index, facts, time, settings } = part;
  const { launchedMs, endedMs, zeroMs, followsOther } = time;
  const { parts, sha256, byteCount } = scan;
  const { source } = facts;
  const patterns = patternsOf(source);
  const times = describeLogClock(source);
  const count = scan.trainings.length;
  return {
    name: nameOf(path),
    format: "text",
    path: given,
    files: undefined,
    textFile: path,
    sha256,
    byteCount,
    trackedRunId: undefined,
    part: count > 1 ? { number: index + 1, count } : undefined,
    isWarmup: parts.kind === "consecutive" && parts.parts[index]?.isWarmup === true,
    times: followsOther ? { ...times, covers: "from the end of the training before it" } : times,
    ended: undefined,
    seed: facts.seed ?? seedOf(settings),
    settings,
    experimentKey: experimentOf(part),
    isMllog: source.kind === "mllog",
    launchedMs,
    endedMs,
    metrics: [...Object.keys(patterns), ...facts.metrics],
    patterns,
    findings: [
      ...(index === 0 ? partFindings(parts, count) : []),
      ...(facts.doubt === undefined ? [] : [doubtFinding(facts.doubt)]),
      ...tableFindings(given, facts),
      ...facts.clock.findings(),
    ],
    pieces: () =>
      datedLines(path, { parts, index, clock: new LogClock(source), launchedMs, zeroMs }),
    copies: [],
  };
}

/** MLLOG logs of one benchmark in one folder, logs with the same settings, and files whose names differ only in the seed. */
function experimentOf({ path, facts, scan, settings }: PartOfScan): string | undefined {
  const { source, benchmark, seed } = facts;
  if (scan.trainings.length > 1) return `log ${path}`;
  if (source.kind === "mllog") return `${dirname(path)} ${benchmark ?? ""}`;
  if (settings.size > 0) return `text ${experimentText(settings)}`;
  if (seed === undefined || !basename(path).includes(String(seed))) return undefined;
  return `${dirname(path)} ${basename(path).replace(String(seed), "<seed>")}`;
}

/** How sure it is that the log contains several trainings, or only one. */
function partFindings(parts: LogParts, count: number): Finding[] {
  if (parts.kind === "one") {
    const { doubt } = parts;
    if (doubt === undefined) return [];
    return [{ rule: "log-may-hold-several-trainings", line: doubt.line, counter: doubt.name }];
  }
  const isSure = parts.kind === "column" || parts.by !== "restart";
  return isSure ? [] : [{ rule: "log-split-at-restarts", counter: parts.name, count }];
}

function tableFindings(path: string, { tables }: PartFacts): Finding[] {
  const { headerChange, unevenRows } = tables;
  const findings: Finding[] = [];
  if (headerChange !== undefined) {
    const { added, removed } = headerChange;
    findings.push({
      rule: "metrics-header-changed",
      path,
      added: [...added],
      removed: [...removed],
    });
  }
  if (unevenRows !== undefined) findings.push({ rule: "metrics-rows-uneven", path, ...unevenRows });
  return findings;
}

function doubtFinding(doubt: ClockDoubt): Finding {
  return { rule: "log-times-in-doubt", ...doubt };
}

/** The accuracies of `~~21<tab>0.31132<tab>67.462<tab>88.124` have no names. */
function patternsOf({ kind }: LogClock["source"]): Readonly<Record<string, string>> {
  if (kind !== "hours") return {};
  return {
    top1: String.raw`~~\S+\t\S+\t(?<top1>\S+)`,
    top5: String.raw`~~\S+\t\S+\t\S+\t(?<top5>\S+)`,
  };
}

/** `train` for `logs/train.log`; a file name without meaning takes its folder's. */
export function nameOf(path: string): string {
  const stem = basename(path).replace(/\.(?:log|txt|out|csv|tsv|jsonl?|gz)$/iu, "");
  const isGeneric =
    /^(?:metrics|log|logs|output|stdout|train|history|trainer_state|result_\d+)$/iu.test(stem);
  const folder = basename(dirname(path));
  return isGeneric && folder !== "" && folder !== "." ? folder : stem;
}
