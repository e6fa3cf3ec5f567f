import { formatDuration } from "../../foundation/numbers/units.ts";
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
  if (isFormCause(cause)) return describeForm(cause);
  switch (cause.cause) {
    case "several-attempts":
      return describeAttempts(cause.startLines);
    case "several-ranks":
      return describeRanks(cause);
    case "inference-log":
      return {
        said: `this is an inference (LoadGen) log${lineText(cause.line)}`,
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
    case "time-too-fine":
      return describeTimes(cause);
  }
}

type TimeCause = Extract<LogCause, { cause: "time-in-seconds" | "time-too-fine" }>;

function describeTimes(cause: TimeCause): CauseWords {
  switch (cause.cause) {
    case "time-in-seconds":
      return {
        said: `\`time_ms\` is in seconds, not milliseconds (${placesText(cause)})`,
        advice:
          "multiply by 1,000, as `mlperf_logging` does; until then, all times are too short by that factor",
      };
    case "time-too-fine":
      return {
        said: `\`time_ms\` is in ${cause.unit}, not milliseconds (${placesText(cause)})`,
        advice: `divide by ${cause.unit === "microseconds" ? "1,000" : "1,000,000"}; \`mlperf_logging\` logs \`int(time.time() * 1e3)\``,
      };
  }
}

const formCauses = [
  "token-misspelled",
  "lines-altered",
  "lines-repeated",
  "lines-out-of-order",
  "utf-16",
  "cut-off",
  "not-a-log",
  "ended-by-system",
] as const;
type FormCause = Extract<LogCause, { cause: (typeof formCauses)[number] }>;

function isFormCause(cause: LogCause): cause is FormCause {
  return formCauses.some((kind) => kind === cause.cause);
}

function describeForm(cause: FormCause): CauseWords {
  switch (cause.cause) {
    case "not-a-log":
      return otherFiles[cause.is];
    case "ended-by-system":
      return {
        said: `the program was ended from outside: line ${cause.line} says \`${cause.text}\``,
        advice: "run it again with more time or memory; a log that ends early is not a result",
      };
    case "token-misspelled":
      return describeToken(cause);
    case "lines-altered":
      return {
        said: `${alterationWords[cause.by].said} (${placesText(cause)})`,
        advice: alterationWords[cause.by].advice,
      };
    case "lines-repeated":
      return describeRepeated(cause);
    case "lines-out-of-order":
      return orderWords(cause);
    case "cut-off":
      return {
        said: `the file ends in the middle of line ${cause.line}`,
        advice:
          "copy the file again; if the original ends there too, the program was killed or the disk was full",
      };
    case "utf-16":
      return encodingWords(cause);
  }
}

function lineText(line: number | undefined): string {
  return line === undefined ? "" : `, as line ${line} shows`;
}

function placesText({ count, firstLine }: { count: number; firstLine: number }): string {
  return count === 1
    ? `line ${firstLine}`
    : `${countOf(count, "line")}; the first is line ${firstLine}`;
}

function describeToken(cause: Extract<LogCause, { cause: "token-misspelled" }>): CauseWords {
  const { written, count } = cause;
  if (written === "") {
    return {
      said: `lines of JSON without \`:::MLLOG\` before them (${placesText(cause)})`,
      advice: "put `:::MLLOG ` with its space before each, as `mlperf_logging` does",
    };
  }
  return {
    said: `${count === 1 ? "a line begins" : "lines begin"} with \`${written}\` instead of \`:::MLLOG\` (${placesText(cause)})`,
    advice: `replace \`${written}\` with \`:::MLLOG\` and a space, or log with \`mlperf_logging\``,
  };
}

const otherFiles: Record<Extract<LogCause, { cause: "not-a-log" }>["is"], CauseWords> = {
  "git-lfs-pointer": {
    said: "this is a Git LFS pointer, not the file itself",
    advice: "fetch the file: `git lfs pull`",
  },
  "web-page": {
    said: "this is a web page, not a log",
    advice: "download the raw file; an error page is often saved under the name of the log",
  },
  "storage-result": {
    said: "this is an MLPerf Storage result, not a Training log",
    advice: "check it with the submission checker of MLPerf Storage",
  },
};

type Alteration = Extract<LogCause, { cause: "lines-altered" }>["by"];

const alterationWords: Record<Alteration, CauseWords> = {
  "container-log": {
    said: "lines are wrapped in the JSON of Docker's log driver",
    advice:
      "use the output of `docker logs`, or unpack the file: `jq -rj .log container.log > log.txt`",
  },
  "terminal-colors": {
    said: "lines contain color codes of a terminal",
    advice: "turn colors off in the launcher, or remove them: `sed 's/\\x1b\\[[0-9;]*m//g'`",
  },
  "html-escapes": {
    said: "quotes are written as HTML (`&quot;`)",
    advice: 'save the raw log instead of a web page, or replace `&quot;` with `"`',
  },
  "typographic-quotes": {
    said: "quotes are typographic, as word processors and chats write them",
    advice: 'copy the original file instead of its text, or replace them with `"`',
  },
  "trailing-text": {
    said: "text follows the JSON on the same line",
    advice: "end each line after its last `}`; two processes that share a file also do this",
  },
  "merge-conflict": {
    said: "the file contains Git merge conflict markers",
    advice: "keep one side of each conflict, and remove the markers",
  },
  "line-wrapping": {
    said: "lines are wrapped, as copies from a terminal are",
    advice: "write to a file instead of copying from a terminal: one line for each event",
  },
};

function encodingWords({ order, fromLine }: Extract<LogCause, { cause: "utf-16" }>): CauseWords {
  if (fromLine !== undefined) {
    return {
      said: `the file is UTF-16 (${order}) from line ${fromLine} on, as PowerShell's \`>>\` adds it; the lines before are UTF-8`,
      advice:
        "write the whole log with one encoding: in PowerShell, `| Out-File -Append -Encoding utf8`",
    };
  }
  const name = order === "little-endian" ? "LE" : "BE";
  return {
    said: `the file is UTF-16 (${order}), as PowerShell's \`>\` writes it; logs are UTF-8`,
    advice: `convert it: \`iconv -f UTF-16${name} -t UTF-8 log.txt > converted.txt\`; in PowerShell, redirect with \`| Out-File -Encoding utf8\``,
  };
}

function describeRepeated({
  times,
  line,
  ofLine,
}: Extract<LogCause, { cause: "lines-repeated" }>): CauseWords {
  const how = times === 2 ? "twice" : `${times} times`;
  const said = `each event is in the file ${how}: line ${line} repeats line ${ofLine}`;
  return line === ofLine + 1
    ? {
        said,
        advice:
          "two handlers of the logger, or a second `tee`, wrote to the file; keep one of them",
      }
    : { said, advice: "the file was joined with a copy of itself; keep one copy" };
}

function orderWords({
  order,
  line,
}: Extract<LogCause, { cause: "lines-out-of-order" }>): CauseWords {
  const where = line === undefined ? "" : `: line ${line} is earlier than the line before`;
  switch (order) {
    case "newest-first":
      return {
        said: `the lines are in reverse order${where}`,
        advice: "use the original file, or reverse it: `tac log.txt > restored.txt`",
      };
    case "text":
      return {
        said: `the lines are sorted by their text, not in the order in which they were logged${where}`,
        advice:
          "use the original file: lines of the same millisecond cannot be put back into order",
      };
    case "mixed":
      return {
        said: `the lines are not in the order in which they were logged${where}`,
        advice:
          "use the original file; a log collector or a sort by another field changes the order",
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
