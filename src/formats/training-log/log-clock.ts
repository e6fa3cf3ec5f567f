import { readDurationMs } from "../text/read-duration.ts";
import type { NamedNumber } from "../text/named-number.ts";
import { lineTimeMs } from "./line-time.ts";
import type { LogTextLine } from "./read-log-line.ts";
import { stepOfNumbers } from "../text/step-of-numbers.ts";

/** Where the times of a text log are read from. */
export type LogClockSource =
  | { kind: "mllog" }
  | { kind: "time-stamps" }
  /** A number that counts up, by its name. */
  | { kind: "elapsed"; name: string }
  /** `~~<epoch>\t<hours>\t…`, as the ImageNet training of 2018 prints it. */
  | { kind: "hours" }
  /** The duration of one step, by its name. */
  | { kind: "step-times"; name: string }
  | { kind: "total"; name: string; totalMs: number; lastStep: number }
  | { kind: "none" };

/** Gives each line its time: since the epoch for time stamps and MLLOG lines, else since the start of training. */
export class LogClock {
  readonly source: LogClockSource;
  #elapsedMs = 0;
  #lastStep = 0;

  constructor(source: LogClockSource) {
    this.source = source;
  }

  /** Whether times are dates. */
  get isAbsolute(): boolean {
    return this.source.kind === "mllog" || this.source.kind === "time-stamps";
  }

  /** The time that a line states, in milliseconds; undefined if it states none. */
  read(line: LogTextLine): number | undefined {
    const { source } = this;
    switch (source.kind) {
      case "none":
        return undefined;
      case "mllog":
        return mllogTimeMs(line.text);
      case "time-stamps":
        return lineTimeMs(line.text);
      case "elapsed":
        return durationNamed(line, source.name);
      case "hours":
        return hoursOf(line.text);
      case "step-times":
        return this.#addSteps(line, source.name);
      case "total": {
        const step = stepOfNumbers(line.numbers);
        if (step === undefined || source.lastStep <= 0) return undefined;
        return (Math.min(step, source.lastStep) / source.lastStep) * source.totalMs;
      }
    }
  }

  /** The mean duration of a step applies to all steps since the line before. */
  #addSteps(line: LogTextLine, name: string): number | undefined {
    const step = stepOfNumbers(line.numbers);
    const stepMs = durationNamed(line, name);
    if (step === undefined || stepMs === undefined) return undefined;
    const stepCount = step > this.#lastStep ? step - this.#lastStep : 1;
    this.#lastStep = step;
    this.#elapsedMs += stepCount * stepMs;
    return this.#elapsedMs;
  }
}

const mllogTime = /"time_ms":\s*(\d+(?:\.\d+)?)/u;

function mllogTimeMs(text: string): number | undefined {
  if (!text.includes(":::ML")) return undefined;
  const found = mllogTime.exec(text)?.[1];
  return found === undefined ? undefined : Number(found);
}

const hoursRow = /^\s*~~\s*\d+(?:\.\d+)?\t(\d+(?:\.\d+)?)(?:\t|$)/u;

/** Of a line `~~21<tab>0.31132<tab>67.462<tab>88.124`. */
function hoursOf(text: string): number | undefined {
  const hours = hoursRow.exec(text)?.[1];
  return hours === undefined ? undefined : Number(hours) * 3_600_000;
}

function durationNamed({ text, numbers }: LogTextLine, name: string): number | undefined {
  const found = numbers.find((number) => number.name === name);
  return found === undefined ? undefined : durationOf(text, found);
}

function durationOf(text: string, { name, number }: NamedNumber): number | undefined {
  const ms = readDurationMs(text, number, name);
  return Number.isFinite(ms) && ms >= 0 ? ms : undefined;
}

/** Names of numbers that count the time since the start. */
const elapsedName =
  /^(?:(?:total|train(?:ing)?|elapsed|wall|wall[_ ]?clock|cumulative)[_ ]?(?:train(?:ing)?[_ ]?)?time|time[_ ]?elapsed|elapsed|walltime|wall[_ ]?clock|total[_ ]?seconds|_runtime)(?:[_ ]?(?:\(?(?:ms|s|sec|secs|seconds|min|minutes|h|hours)\)?))?$/iu;
/** May count the time since the start, or since the line before. */
const timeName = /^(?:time|seconds|time[_ ]?\(?(?:ms|s|sec|seconds)\)?)$/iu;
/** Names of numbers that give the mean duration of a step. */
const stepTimeName =
  /^(?:elapsed time per iteration \(m?s\)|(?:step|iter|iteration)[_ ]?time(?:[_ ]?\(?(?:ms|s|sec|seconds)\)?)?|time[_ ]per[_ ](?:step|iteration)(?:[_ ]?\(?(?:ms|s)\)?)?)$/iu;
const totalName = /^train_runtime$/iu;

interface Count {
  count: number;
  lastMs: number;
  decreases: number;
  /** How many of them are on a line with a step. */
  withStep: number;
}

/** Shares of the lines with values that must have a time stamp, so that the stamps can date the values. */
const stampedShare = 0.2;

/** Reads a whole log and finds where its times are. */
export class LogClockScan {
  #valueLines = 0;
  #stampedLines = 0;
  #stamps = new Set<number>();
  #hoursRows = 0;
  #hasRunStart = false;
  #lastStep = 0;
  #total: { name: string; totalMs: number } | undefined;
  readonly #elapsed = new Map<string, Count>();
  readonly #ambiguous = new Map<string, Count>();
  readonly #stepTimes = new Map<string, Count>();

  push(line: LogTextLine): void {
    if (line.text.includes(":::ML")) {
      this.#hasRunStart ||= line.text.includes('"run_start"');
      return;
    }
    if (hoursOf(line.text) !== undefined) this.#hoursRows += 1;
    const stampMs = lineTimeMs(line.text);
    if (stampMs !== undefined && this.#stamps.size < 2) this.#stamps.add(stampMs);
    if (line.numbers.length === 0) return;
    this.#valueLines += 1;
    if (stampMs !== undefined) this.#stampedLines += 1;
    const step = stepOfNumbers(line.numbers);
    if (step !== undefined) this.#lastStep = Math.max(this.#lastStep, step);
    for (const number of line.numbers) this.#note(line, number, step !== undefined);
  }

  /** The best source of times; the first in this list that the log has. */
  choose(): LogClockSource {
    if (this.#hasRunStart) return { kind: "mllog" };
    const isStamped = this.#stamps.size > 1;
    const isDense = this.#stampedLines > 0 && this.#stampedLines >= stampedShare * this.#valueLines;
    if (isStamped && isDense) return { kind: "time-stamps" };
    if (this.#hoursRows > 0) return { kind: "hours" };
    return (
      this.#namedClock() ??
      (isStamped ? { kind: "time-stamps" } : undefined) ??
      this.#totalClock() ?? { kind: "none" }
    );
  }

  #namedClock(): LogClockSource | undefined {
    const elapsed = mostFrequent(this.#elapsed);
    if (elapsed !== undefined) return { kind: "elapsed", name: elapsed.name };
    const stepTime = mostFrequent(this.#stepTimes);
    if (stepTime !== undefined) return { kind: "step-times", name: stepTime.name };
    const ambiguous = mostFrequent(this.#ambiguous);
    if (ambiguous === undefined || ambiguous.count < 2) return undefined;
    const { name, decreases, withStep } = ambiguous;
    if (decreases === 0) return { kind: "elapsed", name };
    return withStep > 1 ? { kind: "step-times", name } : undefined;
  }

  #totalClock(): LogClockSource | undefined {
    if (this.#total === undefined || this.#lastStep <= 0) return undefined;
    return { kind: "total", ...this.#total, lastStep: this.#lastStep };
  }

  #note({ text }: LogTextLine, named: NamedNumber, hasStep: boolean): void {
    const { name } = named;
    const durationMs = durationOf(text, named);
    if (durationMs === undefined) return;
    if (totalName.test(name)) this.#total = { name, totalMs: durationMs };
    else if (elapsedName.test(name)) count(this.#elapsed, name, durationMs);
    else if (hasStep && stepTimeName.test(name)) count(this.#stepTimes, name, durationMs);
    else if (timeName.test(name)) count(this.#ambiguous, name, durationMs, hasStep);
  }
}

function count(counts: Map<string, Count>, name: string, ms: number, hasStep = true): void {
  const known = counts.get(name) ?? { count: 0, lastMs: 0, decreases: 0, withStep: 0 };
  counts.set(name, {
    count: known.count + 1,
    lastMs: ms,
    decreases: known.decreases + (ms < known.lastMs ? 1 : 0),
    withStep: known.withStep + (hasStep ? 1 : 0),
  });
}

function mostFrequent(counts: ReadonlyMap<string, Count>): (Count & { name: string }) | undefined {
  const [first] = [...counts].toSorted(([, left], [, right]) => right.count - left.count);
  return first === undefined ? undefined : { name: first[0], ...first[1] };
}
