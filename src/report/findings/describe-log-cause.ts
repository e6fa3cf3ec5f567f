import { formatDuration } from "../../foundation/units.ts";
import type { LogCause } from "../../schema/logs/log-cause.ts";
import { countOf } from "../wording.ts";
import { joinWords } from "./describe-value.ts";

/** A cause as printed: what is wrong with the log, and what to do. */
export interface CauseWords {
  said: string;
  advice: string;
}

/** Describes the cause of findings in one sentence. */
export function describeLogCause(cause: LogCause): CauseWords {
  switch (cause.cause) {
    case "several-attempts":
      return describeAttempts(cause.startLines);
    case "several-ranks":
      return describeRanks(cause);
    case "inference-log":
      return {
        said: `this is an inference (LoadGen) log${cause.line === undefined ? "" : `, as line ${cause.line} shows`}`,
        advice: "check it with the submission checker of MLPerf Inference",
      };
    case "python-syntax":
      return describePython(cause);
    case "key-misspelled":
      return {
        said: `\`${cause.wanted}\` is missing; line ${cause.line} logs \`${cause.written}\``,
        advice: `log it as \`${cause.wanted}\``,
      };
    case "target-after-stop":
      return {
        said: `the target is first met on line ${cause.line}, ${formatDuration(cause.lateMs)} after \`run_stop\` on line ${cause.stopLine}`,
        advice: "log `run_stop` only after the evaluation that meets the target",
      };
    case "time-in-seconds":
      return {
        said: `\`time_ms\` is in seconds, not milliseconds (${countOf(cause.count, "line")}; the first is line ${cause.firstLine})`,
        advice:
          "multiply by 1,000, as `mlperf_logging` does; until then, all times are too short by that factor",
      };
  }
}

function describeAttempts(startLines: readonly number[]): CauseWords {
  const [, second, ...rest] = startLines;
  const later = rest.length === 0 ? "" : `, the next at line ${joinNumbers(rest)}`;
  const count = startLines.length === 2 ? "two" : String(startLines.length);
  return {
    said: `${count} attempts in one file: the second begins at line ${second}${later}`,
    advice: "keep the lines of one attempt, or give each attempt a file of its own",
  };
}

function describeRanks({
  rankCount,
  startLines,
  areInterleaved,
}: Extract<LogCause, { cause: "several-ranks" }>): CauseWords {
  const count = rankCount === 2 ? "two" : String(rankCount);
  const where = areInterleaved
    ? `\`run_start\` is on lines ${joinNumbers(startLines)}`
    : `the second begins at line ${startLines[1]}, and their times overlap`;
  return {
    said: `lines of ${count} ranks in one file: ${where}`,
    advice: "log from one rank only, or keep the lines of one rank",
  };
}

function describePython({
  part,
  count,
  firstLine,
}: Extract<LogCause, { cause: "python-syntax" }>): CauseWords {
  const first = count === 1 ? `line ${firstLine}` : `the first is line ${firstLine}`;
  const said =
    part === "metadata"
      ? `metadata is a Python dictionary, not JSON (${countOf(count, "line")}; ${first})`
      : `${countOf(count, "line")} ${count === 1 ? "is" : "are"} a Python dictionary, not JSON (${first})`;
  return { said, advice: "print lines with `json.dumps`, as `mlperf_logging` does" };
}

function joinNumbers(lines: readonly number[]): string {
  return joinWords(lines.map(String), "and");
}
