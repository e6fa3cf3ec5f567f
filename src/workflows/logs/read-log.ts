import { readFile } from "node:fs/promises";
import { parseLog } from "../../mllog/parse-log.ts";
import type { MlperfEdition } from "../../schema/logs/mlperf-round.ts";
import type { RunDigest, RunJudgement } from "../../schema/logs/submission.ts";
import { createRunDigester } from "../../score/mlperf/digest-run.ts";
import {
  digestNodeMeter,
  digestSwitchMeter,
  measureEnergy,
  type MeterDigest,
} from "../../score/mlperf/measure-energy.ts";
import { type JudgedLog, LogChecker } from "./log-checker.ts";
import { readLogLines } from "./read-log-lines.ts";
import type { RuleCache } from "./rule-cache.ts";

/** A log to read, and what for. Plain data: it can cross threads. */
export interface LogTask {
  absolutePath: string;
  /** Of all files to read. */
  sizeBytes: number;
  /** By whose rules it is checked; absent where none are known, or none are asked. */
  edition: MlperfEdition | undefined;
  /** Absent where nothing is to be scored. */
  digest?: DigestTask;
}

export interface DigestTask {
  /** File name of the log. */
  log: string;
  edition: MlperfEdition;
  /** The log's own word on the run counts, whatever the rules say. */
  trustsStatus: boolean;
  /** Paths of the run's power logs; absent where the result has none. */
  meters: { nodes: readonly string[]; switches: readonly string[] } | undefined;
}

/** All that is asked of one log. Plain data. */
export interface LogReading {
  judged: JudgedLog;
  /** Present where the task asks for it. */
  digest: RunDigest | undefined;
}

/** Reads a log once, in constant memory, for the verdict and the score alike. */
export async function readLog(task: LogTask, rules: RuleCache): Promise<LogReading> {
  const { absolutePath, edition, digest: wanted } = task;
  const checker = new LogChecker(rules.rulesOf(edition));
  const digester = wanted && createRunDigester(wanted.log, wanted.edition);
  const findings = await readLogLines(absolutePath, (lines) => {
    checker.push(lines);
    if (digester !== undefined) for (const line of lines) digester.push(line);
    return "go-on";
  });
  const judged = checker.finish(findings);
  if (wanted === undefined || digester === undefined) return { judged, digest: undefined };
  const judgement = judgementOf(judged, wanted);
  if (wanted.meters === undefined) return { judged, digest: digester.finish(judgement) };
  const meters = await readMeters(wanted.meters);
  const energyFor = (timeToTrainMs: number | undefined) => measureEnergy(meters, timeToTrainMs);
  return { judged, digest: digester.finish(judgement, energyFor) };
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
  for (const path of nodes) meters.push(digestNodeMeter(parseLog(await readFile(path)).lines));
  for (const path of switches) meters.push(digestSwitchMeter(parseLog(await readFile(path)).lines));
  return meters;
}
