import { type LogTrace, traceOf } from "../../atlas/rows/log-trace.ts";
import { createCurveReader, type RunBounds } from "../../atlas/rows/read-curves.ts";
import {
  samplesCountOf,
  type SamplesCounts,
  samplesFieldsOf,
} from "../../atlas/rows/samples-count.ts";
import { createLogReader } from "../../mllog/log-reader.ts";
import type { LogLine } from "../../schema/logs/log-event.ts";
import type { MlperfEdition } from "../../schema/logs/mlperf-round.ts";
import type { RunDigest, RunEnergy, RunJudgement } from "../../schema/logs/submission.ts";
import { createRunDigester } from "../../score/mlperf/digest-run.ts";
import {
  digestNodeMeter,
  digestSwitchMeter,
  measureEnergy,
  type MeterDigest,
} from "../../score/mlperf/measure-energy.ts";
import { readLogFile } from "../../store/logs/read-log-file.ts";
import { type JudgedLog, LogChecker } from "./log-checker.ts";
import { bytesOfLog, withFormCauses } from "./read-form-causes.ts";
import { readLogLines } from "./read-log-lines.ts";
import type { RuleCache } from "./rule-cache.ts";

/** A log to read and the requested outputs. Plain data that can be posted to threads. */
export interface LogTask {
  absolutePath: string;
  /** Index among all files to read. */
  sizeBytes: number;
  /** The rules to check it against; undefined if they are unknown or not requested. */
  edition: MlperfEdition | undefined;
  /** Absent if the log is not scored. */
  digest?: DigestTask;
}

export interface DigestTask {
  /** File name of the log. */
  log: string;
  edition: MlperfEdition;
  /** The log's status decides whether the run counts, not the rules. */
  trustsStatus: boolean;
  /** Paths of the run's power logs; undefined if the result has none. */
  meters: { nodes: readonly string[]; switches: readonly string[] } | undefined;
  /** Absent if curves are not needed. */
  curves?: CurveTask | undefined;
}

export interface CurveTask {
  counts: SamplesCounts;
  /** The benchmark of logs that do not name one. */
  benchmark: string;
}

/** The outputs of one log. Plain data. */
export interface LogReading {
  judged: JudgedLog;
  /** Present if the task has a digest task. */
  digest: RunDigest | undefined;
  /** Present if the task has a curve task. */
  trace: LogTrace | undefined;
}

/** Reads a log once for verdict, score and curves; memory use is constant except for the points of curves. */
export async function readLog(task: LogTask, rules: RuleCache): Promise<LogReading> {
  const { absolutePath, edition, digest: wanted } = task;
  const checker = new LogChecker(rules.rulesOf(edition));
  const digester = wanted && createRunDigester(wanted.log, wanted.edition);
  const curves =
    wanted?.curves === undefined
      ? undefined
      : createCurveReader(samplesFieldsOf(wanted.curves.counts));
  const findings = await readLogLines(absolutePath, (lines) => {
    checker.push(lines);
    if (digester !== undefined) for (const line of lines) digester.push(line);
    if (curves !== undefined) for (const line of lines) curves.push(line);
    return "go-on";
  });
  const checked = checker.finish(findings);
  const verdict = await withFormCauses(checked.verdict, () => bytesOfLog(absolutePath));
  const judged = { ...checked, verdict };
  if (wanted === undefined || digester === undefined)
    return { judged, digest: undefined, trace: undefined };
  const digest = digester.finish(judgementOf(judged, wanted), await energyOf(wanted));
  if (wanted.curves === undefined || curves === undefined)
    return { judged, digest, trace: undefined };
  const benchmark = digest.benchmark ?? wanted.curves.benchmark;
  return {
    judged,
    digest,
    trace: traceOf(curves, digest, samplesCountOf(wanted.curves.counts, benchmark)),
  };
}

async function energyOf({
  meters,
}: DigestTask): Promise<((clock: RunBounds) => RunEnergy) | undefined> {
  if (meters === undefined) return undefined;
  const digests = await readMeters(meters);
  return (clock) => measureEnergy(digests, clock);
}

function judgementOf(
  { verdict: { verdict, officialCheckerCrashes, failingKeys } }: JudgedLog,
  { edition, trustsStatus }: DigestTask,
): RunJudgement {
  if (trustsStatus || verdict === "not-judged") return { kind: "self-reported" };
  return {
    kind: "checked",
    edition,
    verdict: officialCheckerCrashes ? "crash" : verdict,
    failingKeys,
  };
}

async function readMeters({
  nodes,
  switches,
}: NonNullable<DigestTask["meters"]>): Promise<MeterDigest[]> {
  const meters: MeterDigest[] = [];
  // A node without readings: energy of a run with an unreadable power log cannot be computed.
  const unreadable = digestNodeMeter([]);
  for (const path of nodes) {
    const lines = await readLines(path);
    meters.push(lines === undefined ? unreadable : digestNodeMeter(lines));
  }
  for (const path of switches) {
    const lines = await readLines(path);
    meters.push(lines === undefined ? unreadable : digestSwitchMeter(lines));
  }
  return meters;
}

/** All lines of a power log; undefined if it cannot be read to its end. */
async function readLines(path: string): Promise<LogLine[] | undefined> {
  const reader = createLogReader();
  const lines: LogLine[] = [];
  for await (const piece of readLogFile(path)) {
    if (piece.kind !== "bytes") return undefined;
    for (const line of reader.push(piece.bytes)) lines.push(line);
  }
  return [...lines, ...reader.end()];
}
