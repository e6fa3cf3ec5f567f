import { isJsonObject } from "../../foundation/json.ts";
import { benchmarkNamed } from "../../schema/logs/mlperf-round.ts";
import { OfficialClock } from "./clock.ts";
import type { LogDialect, LogEvent, LogLine } from "../../schema/logs/log-event.ts";

/** Facts about a log that a check prints beside the verdict and compares between the runs of a result. Plain data. */
export interface LogFacts {
  benchmark: string | undefined;
  /** In lower case. */
  division: string | undefined;
  runStartMs: number | undefined;
  runStopMs: number | undefined;
  /** Distinct, sorted, as JSON; a run of many ranks may log many. */
  seeds: string[];
  /** Key to first value, as JSON. */
  hyperparameters: Record<string, string>;
  /** Lines with a token, by dialect, including unreadable ones. */
  lineCounts: Record<LogDialect, number>;
}

/** Reduces one log to its facts, line by line. */
export class LogFactsReader {
  #benchmark: string | undefined;
  #division: string | undefined;
  readonly #clock = new OfficialClock();
  readonly #seeds = new Set<string>();
  readonly #hyperparameters = new Map<string, string>();
  readonly #lineCounts: Record<LogDialect, number> = { mlpv: 0, mll: 0, mllog: 0 };

  push(line: LogLine): void {
    if (line.kind === "unreadable") {
      this.#lineCounts[line.dialect]++;
      return;
    }
    const { event } = line;
    this.#lineCounts[event.dialect ?? "mllog"]++;
    const read = readers.get(event.key);
    if (read === undefined) this.#readOther(event);
    else read(this, event);
  }

  readBenchmark({ value }: LogEvent): void {
    if (typeof value === "string") this.#benchmark ??= benchmarkNamed(value);
  }

  readDivision({ value }: LogEvent): void {
    if (typeof value === "string") this.#division ??= value.toLowerCase();
  }

  readClock(event: LogEvent): void {
    this.#clock.push(event.key, timeOf(event));
  }

  readSeed({ value }: LogEvent): void {
    if (this.#seeds.size < maximumSeeds) this.#seeds.add(JSON.stringify(value));
  }

  #readOther({ dialect, key, value, metadata }: LogEvent): void {
    if (isHyperparameter(key) && !this.#hyperparameters.has(key)) {
      this.#hyperparameters.set(key, JSON.stringify(value));
    }
    // Round 0.5 names the benchmark on every line.
    if (dialect !== "mlpv" || this.#benchmark !== undefined || !isJsonObject(metadata)) return;
    const name = metadata["benchmark"];
    if (typeof name === "string") this.#benchmark = benchmarkNamed(name);
  }

  finish(): LogFacts {
    return {
      benchmark: this.#benchmark,
      division: this.#division,
      runStartMs: this.#clock.start,
      runStopMs: this.#clock.stop,
      seeds: [...this.#seeds].toSorted(),
      hyperparameters: Object.fromEntries(this.#hyperparameters),
      lineCounts: this.#lineCounts,
    };
  }
}

/** A line without `time_ms` has no usable time: Alibaba's lines of round 0.7 have `time_s` instead. */
function timeOf({ timeMs, lacks }: LogEvent): number | undefined {
  return lacks === "time_ms" ? undefined : timeMs;
}

const readers: ReadonlyMap<string, (facts: LogFactsReader, event: LogEvent) => void> = new Map([
  ["submission_benchmark", (facts, event) => facts.readBenchmark(event)],
  ["submission_division", (facts, event) => facts.readDivision(event)],
  ["run_start", (facts, event) => facts.readClock(event)],
  ["run_stop", (facts, event) => facts.readClock(event)],
  ["seed", (facts, event) => facts.readSeed(event)],
] satisfies [string, (facts: LogFactsReader, event: LogEvent) => void][]);

/** Seeds beyond this number are not stored; jobs of many ranks may log many. */
const maximumSeeds = 64;

/** Hyperparameters by MLPerf's rules, logged once: they are the same in every run of a result. */
function isHyperparameter(key: string): boolean {
  const first = key.charCodeAt(0);
  // Most lines have other keys; the check of the first letter (g, l, m, o, s) skips the pattern for them.
  if (first !== 0x67 && first !== 0x6c && first !== 0x6d && first !== 0x6f && first !== 0x73)
    return false;
  return /^(?:(?:sgd_|lars_)?opt_|lora_|lars_epsilon$|global_batch_size$|gradient_accumulation_steps$|max_sequence_length$|model_bn_span$|start_warmup_step$)/.test(
    key,
  );
}
