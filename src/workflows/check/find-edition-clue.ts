import { editionsWithBenchmark } from "../../schema/logs/edition-name.ts";
import type { LogLine } from "../../schema/logs/log-event.ts";
import type { MlperfEdition } from "../../schema/logs/mlperf-round.ts";
import { LogFactsReader } from "../../score/mlperf/log-facts.ts";
import { LogCauseReader } from "../../rules/causes/log-cause-reader.ts";
import { readLogLines } from "../logs/read-log-lines.ts";

/** What a log reveals about its round. */
export type EditionClue =
  | { kind: "known"; edition: MlperfEdition }
  /** The benchmark is part of several editions, or of none. */
  | {
      kind: "benchmark";
      benchmark: string;
      editions: readonly MlperfEdition[];
      /** Time of the first event, milliseconds since the epoch; absent if there is no plausible one. */
      loggedMs: number | undefined;
    }
  /** Of training 0.5, which has no rules. */
  | { kind: "round-0.5" }
  /** A log of MLPerf Inference, which these rules do not judge. */
  | { kind: "inference" }
  | { kind: "no-benchmark" }
  | { kind: "no-lines" };

/** Reads a log up to the line that names its benchmark. */
export async function findEditionClue(absolutePath: string): Promise<EditionClue> {
  const facts = new LogFactsReader();
  const causes = new LogCauseReader();
  let clue: EditionClue | undefined;
  let loggedMs: number | undefined;
  await readLogLines(absolutePath, (lines) => {
    for (const line of lines) {
      facts.push(line);
      causes.push(line);
      loggedMs ??= dateIn(line);
    }
    clue = clueOf(facts, loggedMs);
    return clue === undefined ? "go-on" : "stop";
  });
  if (clue !== undefined) return clue;
  if (causes.finish(undefined).some(({ cause }) => cause === "inference-log"))
    return { kind: "inference" };
  const { mll, mllog } = facts.finish().lineCounts;
  return { kind: mll + mllog === 0 ? "no-lines" : "no-benchmark" };
}

/** Some logs count their time from the start of the machine, or state 0. */
const firstRoundMs = Date.UTC(2018, 0);
const implausibleMs = Date.UTC(2100, 0);

function dateIn(line: LogLine): number | undefined {
  if (line.kind === "unreadable" || line.event.lacks === "time_ms") return undefined;
  const { timeMs } = line.event;
  return timeMs > firstRoundMs && timeMs < implausibleMs ? timeMs : undefined;
}

function clueOf(facts: LogFactsReader, loggedMs: number | undefined): EditionClue | undefined {
  const { benchmark, lineCounts } = facts.finish();
  if (lineCounts.mll > 0) return { kind: "known", edition: "training-0.6" };
  if (lineCounts.mlpv > 0) return { kind: "round-0.5" };
  if (benchmark === undefined) return undefined;
  const editions = editionsWithBenchmark(benchmark).filter((each) => each !== "training-0.6");
  const [only, ...others] = editions;
  return only !== undefined && others.length === 0
    ? { kind: "known", edition: only }
    : { kind: "benchmark", benchmark, editions, loggedMs };
}
