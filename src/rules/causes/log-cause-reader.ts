import type { LogCause } from "../../schema/logs/log-cause.ts";
import type { LogEvent, LogLine } from "../../schema/logs/log-event.ts";
import type { RuleFinding } from "../../schema/logs/rule-finding.ts";
import type { MetTarget } from "../log-check.ts";
import { AttemptTracker } from "./attempt-tracker.ts";
import { matchKeys } from "./match-keys.ts";

/** What the rules found about the same log. */
export interface JudgedByRules {
  findings: readonly RuleFinding[];
  /** Keys that the rules read. */
  knownKeys: ReadonlySet<string>;
  /** The first evaluation that met the target, if one did. */
  metTarget: MetTarget | undefined;
}

/** Logs with more distinct keys than this are not MLPerf logs. */
const maximumKeys = 2000;

/** Keys that only LoadGen, the load generator of MLPerf Inference, logs. */
const inferenceKeys = /^(?:loadgen_|requested_|effective_(?:scenario|test_mode)|result_validity$)/u;

interface LastStop {
  line: number;
  timeMs: number;
}

/** Reads one log for the causes of findings, line by line. */
export class LogCauseReader {
  readonly #attempts = new AttemptTracker();
  /** Each key with its first line. */
  readonly #firstLines = new Map<string, number>();
  readonly #python = { metadata: newCount(), line: newCount() };
  readonly #inSeconds = newCount();
  readonly #tooFine = { microseconds: newCount(), nanoseconds: newCount() };
  #inferenceLine: number | undefined;
  #lastStop: LastStop | undefined;

  push(line: LogLine): void {
    if (line.kind === "unreadable") this.#pushUnreadable(line);
    else this.#pushEvent(line.event, line.lineNumber);
  }

  #pushUnreadable({ reason, lineNumber }: Extract<LogLine, { kind: "unreadable" }>): void {
    if (reason === "python-metadata") add(this.#python.metadata, lineNumber);
    else if (reason === "python-line") add(this.#python.line, lineNumber);
  }

  #pushEvent({ key, timeMs, metadata, lacks }: LogEvent, line: number): void {
    if (typeof metadata === "string" && /^\s*\{\s*'/u.test(metadata))
      add(this.#python.metadata, line);
    if (!this.#firstLines.has(key)) this.#addKey(key, line);
    if (!structureKeys.has(key) || lacks === "time_ms") return;
    this.#attempts.push(key, timeMs, line);
    this.#pushTime(timeMs, line);
    if (key === "run_stop" && timeMs >= (this.#lastStop?.timeMs ?? Number.NEGATIVE_INFINITY))
      this.#lastStop = { line, timeMs };
  }

  /** Clocks of another unit than milliseconds. */
  #pushTime(timeMs: number, line: number): void {
    if (timeMs > firstSeconds && timeMs < lastSeconds) add(this.#inSeconds, line);
    if (timeMs > firstSeconds * 1e6)
      add(this.#tooFine[timeMs < firstSeconds * 1e9 ? "microseconds" : "nanoseconds"], line);
  }

  #addKey(key: string, line: number): void {
    if (this.#firstLines.size < maximumKeys) this.#firstLines.set(key, line);
    if (inferenceKeys.test(key)) this.#inferenceLine ??= line;
  }

  /** @param judged undefined if no rules were applied */
  finish(judged: JudgedByRules | undefined): LogCause[] {
    if (this.#inferenceLine !== undefined && !this.#firstLines.has("run_start"))
      return [{ cause: "inference-log", line: this.#inferenceLine }];
    return [
      ...this.#attempts.finish(),
      ...this.#pythonCauses(),
      ...this.#secondsCause(),
      ...this.#fineCauses(),
      ...(judged === undefined ? [] : [...this.#misspelled(judged), ...this.#late(judged)]),
    ];
  }

  #pythonCauses(): LogCause[] {
    return (["metadata", "line"] as const).flatMap((part) => {
      const { count, firstLine } = this.#python[part];
      return firstLine === undefined ? [] : [{ cause: "python-syntax", part, count, firstLine }];
    });
  }

  #secondsCause(): LogCause[] {
    const { count, firstLine } = this.#inSeconds;
    return firstLine === undefined ? [] : [{ cause: "time-in-seconds", count, firstLine }];
  }

  #fineCauses(): LogCause[] {
    return (["microseconds", "nanoseconds"] as const).flatMap((unit) => {
      const { count, firstLine } = this.#tooFine[unit];
      return firstLine === undefined ? [] : [{ cause: "time-too-fine", unit, count, firstLine }];
    });
  }

  #misspelled({ findings, knownKeys }: JudgedByRules): LogCause[] {
    const missing = [...new Set(findings.flatMap(missingKeys))];
    if (missing.length === 0) return [];
    const unknown = [...this.#firstLines.keys()].filter((key) => !knownKeys.has(key));
    return matchKeys(missing, unknown).map(({ wanted, written }) => ({
      cause: "key-misspelled",
      wanted,
      written,
      line: this.#firstLines.get(written) ?? 0,
    }));
  }

  #late({ metTarget: met }: JudgedByRules): LogCause[] {
    const stop = this.#lastStop;
    if (stop === undefined || met === undefined) return [];
    // Minigo evaluates its models afterwards and logs the results before `run_stop`.
    if (met.timeMs <= stop.timeMs || met.line < stop.line) return [];
    return [
      {
        cause: "target-after-stop",
        key: met.key,
        line: met.line,
        stopLine: stop.line,
        lateMs: met.timeMs - stop.timeMs,
      },
    ];
  }
}

/** Times from 2017 to 2064 in seconds, which are weeks of January 1970 in milliseconds. */
const firstSeconds = 1.5e9;
const lastSeconds = 3e9;

/** Keys that tell programs and attempts apart; most lines have others. */
const structureKeys: ReadonlySet<string> = new Set([
  "cache_clear",
  "init_start",
  "init_stop",
  "submission_benchmark",
  "run_start",
  "run_stop",
  "block_start",
  "block_stop",
  "epoch_start",
  "epoch_stop",
  "eval_start",
  "eval_stop",
  "eval_accuracy",
]);

function missingKeys(finding: RuleFinding): string[] {
  if (finding.rule === "keys-missing") return finding.oneOf;
  return finding.rule === "key-missing" && finding.count === 0 ? [finding.key] : [];
}

interface LineCount {
  count: number;
  firstLine: number | undefined;
}

function newCount(): LineCount {
  return { count: 0, firstLine: undefined };
}

function add(counted: LineCount, line: number): void {
  counted.count++;
  counted.firstLine ??= line;
}
