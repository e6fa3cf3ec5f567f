import { createLogReader } from "../mllog/log-reader.ts";
import type { LogLine } from "../schema/log-event.ts";
import type { LogFileFinding } from "../schema/log-verdict.ts";
import { editionsWithBenchmark } from "../schema/edition-name.ts";
import type { MlperfEdition } from "../schema/mlperf-round.ts";
import { LogFactsReader } from "../score/log-facts.ts";
import { readLogFile } from "../store/read-log-file.ts";
import type { EditionShelf } from "./load-edition.ts";
import { type JudgedLog, LogChecker } from "./log-checker.ts";

/** A log to check, and by which rules; absent rules fail it, as nothing in it is for any. */
export interface LogTask {
  absolutePath: string;
  edition: MlperfEdition | undefined;
}

/** Checks one log on disk, in constant memory. */
export async function checkLogFile(task: LogTask, shelf: EditionShelf): Promise<JudgedLog> {
  const { edition, absolutePath } = task;
  const checker = new LogChecker(
    edition === undefined ? undefined : (await shelf.get(edition)).rules,
  );
  const findings = await readLines(absolutePath, (lines) => {
    checker.push(lines);
    return "go-on";
  });
  return checker.finish(findings);
}

/** What a log says of the round it was written for. */
export type EditionClue =
  | { kind: "known"; edition: MlperfEdition }
  /** The benchmark is part of several editions, or of none. */
  | { kind: "benchmark"; benchmark: string; editions: readonly MlperfEdition[] }
  | { kind: "round-0.5" }
  | { kind: "no-benchmark" }
  | { kind: "no-lines" };

/** Reads a log up to the line that names its benchmark. */
export async function findEditionClue(absolutePath: string): Promise<EditionClue> {
  const facts = new LogFactsReader();
  let clue: EditionClue | undefined;
  await readLines(absolutePath, (lines) => {
    for (const line of lines) facts.push(line);
    clue = clueOf(facts);
    return clue === undefined ? "go-on" : "stop";
  });
  if (clue !== undefined) return clue;
  const { mll, mllog } = facts.finish().lineCounts;
  return { kind: mll + mllog === 0 ? "no-lines" : "no-benchmark" };
}

function clueOf(facts: LogFactsReader): EditionClue | undefined {
  const { benchmark, lineCounts } = facts.finish();
  if (lineCounts.mll > 0) return { kind: "known", edition: "training-0.6" };
  if (lineCounts.mlpv > 0) return { kind: "round-0.5" };
  if (benchmark === undefined) return undefined;
  const editions = editionsWithBenchmark(benchmark).filter((each) => each !== "training-0.6");
  const [only, ...others] = editions;
  return only !== undefined && others.length === 0
    ? { kind: "known", edition: only }
    : { kind: "benchmark", benchmark, editions };
}

/** How far into a file texts show that they are one. */
const lookedThroughBytes = 64 * 1024;

/** Hands over a log's lines as they are read; gives what is odd about the file. */
export async function readLines(
  absolutePath: string,
  take: (lines: readonly LogLine[]) => "go-on" | "stop",
): Promise<LogFileFinding[]> {
  const reader = createLogReader();
  const findings: LogFileFinding[] = [];
  let bytesRead = 0;
  for await (const piece of readLogFile(absolutePath)) {
    if (piece.kind !== "bytes") {
      findings.push({
        rule: piece.kind === "unreadable" ? "file-unreadable" : "gzip-broken",
        code: piece.code,
      });
      break;
    }
    const { bytes } = piece;
    const nul = bytesRead === 0 ? bytes.subarray(0, lookedThroughBytes).indexOf(0) : -1;
    if (nul >= 0) findings.push({ rule: "file-not-text", byteOffset: nul });
    bytesRead += bytes.length;
    if (take(reader.push(bytes)) === "stop") return findings;
  }
  take(reader.end());
  if (bytesRead === 0 && findings.length === 0) findings.push({ rule: "file-empty" });
  return findings;
}
