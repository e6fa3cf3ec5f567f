import type { NamedNumber } from "../text/numbers/named-number.ts";
import { stepOfNumbers } from "../text/pairs/step-of-numbers.ts";
import { BarTimes } from "./bar-times.ts";
import { lineTimeMs } from "./line-time.ts";
import { durationOfNumber, hoursOf, type LogClockSource } from "./log-clock.ts";
import type { NamedTime } from "./named-times.ts";
import type { LogTextLine } from "./read-log-line.ts";
import { TimeColumn } from "./time-column.ts";

/** Names of numbers that count the time since the start. */
const elapsedName =
  /^(?:(?:total|train(?:ing)?|elapsed|wall|wall[_ ]?clock|cumulative|relative)[_ ]?(?:train(?:ing)?[_ ]?)?time|time[_ ]?elapsed|elapsed|runtime|walltime|wall[_ ]?clock|total[_ ]?seconds|_runtime)(?:[_ ]?(?:\(?(?:ms|s|sec|secs|seconds|min|mins|minutes|h|hours|hrs)\)?))?$/iu;
/** May count the time since the start, or since the line before. */
const timeName =
  /^(?:time|seconds|timestamp|time[_ ]?stamp|time[_ ]?\(?(?:ms|s|sec|seconds|min|minutes|h|hours)\)?)$/iu;
/** Names of numbers that give the mean duration of a step, or the duration of an epoch. */
const stepTimeName =
  /^(?:elapsed time per iteration \(m?s\)|(?:step|iter|iteration|epoch)[_ ]?time(?:[_ ]?\(?(?:ms|s|sec|seconds)\)?)?|time[_ ](?:per|of)[_ ](?:step|iteration|iter|epoch)(?:[_ ]?\(?(?:ms|s)\)?)?)$/iu;
const totalName = /^train_runtime$/iu;
/** The part of an iteration's `time` that it waits for data: `time` beside it is that of one iteration. */
const dataTimeName = /^data_time$/iu;

const unitInName =
  /(?:^|[_\s/(.-])(?:ms|msecs?|milliseconds?|s|secs?|seconds?|mins?|minutes?|h|hrs?|hours?)\)?$/iu;

/** Shares of the lines with values that must have a time stamp, so that the stamps can date the values. */
const stampedShare = 0.2;

/** How a time was read where the log does not say how. */
export interface ClockDoubt {
  name: string;
  readAs: "seconds" | "minutes-and-seconds" | "time-of-day" | "elapsed" | "step-durations";
  /** The last time, as it was read. */
  lastMs: number;
}

/** Reads a whole log and finds where its times are. */
export class LogClockScan {
  #valueLines = 0;
  #stampedLines = 0;
  #stamps = new Set<number>();
  #hoursRows = 0;
  #hasRunStart = false;
  #hasDataTime = false;
  #lastStep = 0;
  #barsMs = 0;
  readonly #bars = new BarTimes();
  #total: { name: string; totalMs: number } | undefined;
  #doubt: ClockDoubt | undefined;
  readonly #elapsed = new Map<string, TimeColumn>();
  readonly #ambiguous = new Map<string, TimeColumn>();
  readonly #stepTimes = new Map<string, TimeColumn>();
  readonly #dates = new Map<string, TimeColumn>();

  push(line: LogTextLine): void {
    if (line.text.includes(":::ML")) {
      this.#hasRunStart ||= line.text.includes('"run_start"');
      return;
    }
    this.#noteText(line.text);
    // A date in a row of a table belongs to its column.
    const stampMs = line.inTable === undefined ? lineTimeMs(line.text) : undefined;
    if (stampMs !== undefined && this.#stamps.size < 2) this.#stamps.add(stampMs);
    const step = stepOfNumbers(line.numbers);
    for (const time of line.times) this.#noteTime(time, step);
    if (line.numbers.length === 0) return;
    this.#valueLines += 1;
    if (stampMs !== undefined) this.#stampedLines += 1;
    if (step !== undefined) this.#lastStep = Math.max(this.#lastStep, step);
    for (const number of line.numbers) this.#noteNumber(line, number, step);
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
      this.#dateClock() ??
      (isStamped ? { kind: "time-stamps" } : undefined) ??
      this.#totalClock() ?? { kind: "none" }
    );
  }

  /** How the chosen times were read, if the log does not say how. */
  get doubt(): ClockDoubt | undefined {
    return this.#doubt;
  }

  #namedClock(): LogClockSource | undefined {
    const elapsed = mostFrequent(this.#elapsed);
    if (elapsed !== undefined) return this.#countingUp(elapsed);
    const stepTime = mostFrequent(this.#stepTimes);
    if (stepTime !== undefined) return this.#stepClock(stepTime);
    const ambiguous = mostFrequent(this.#ambiguous);
    return ambiguous === undefined || ambiguous.count < 2
      ? undefined
      : this.#ambiguousClock(ambiguous);
  }

  /** A time that may count up, or be the duration of each step. */
  #ambiguousClock(column: TimeColumn): LogClockSource | undefined {
    const { name, growth, isTimeOfDay, withStep } = column;
    if (this.#hasDataTime && withStep > 1) return this.#stepClock(column);
    if (isTimeOfDay) {
      this.#doubt = doubtOf(column, "time-of-day");
      return { kind: "times-of-day", name };
    }
    const isElapsed = growth.kind === "counts-up";
    if (!isElapsed && withStep < 2) return undefined;
    const clock = isElapsed ? this.#countingUp(column) : this.#stepClock(column);
    if (growth.isDoubtful)
      this.#doubt ??= doubtOf(column, isElapsed ? "elapsed" : "step-durations");
    return clock;
  }

  #countingUp(column: TimeColumn): LogClockSource {
    if (column.mayBeHoursAndMinutes) this.#doubt = doubtOf(column, "minutes-and-seconds");
    else if (column.mayBeMilliseconds) this.#doubt = doubtOf(column, "seconds");
    return { kind: "elapsed", name: column.name };
  }

  #stepClock({ name, countsFromZero }: TimeColumn): LogClockSource {
    const counter = /epoch/iu.test(name) ? "epoch" : "step";
    return { kind: "step-times", name, counter, firstStep: countsFromZero ? 0 : 1 };
  }

  #dateClock(): LogClockSource | undefined {
    const changing = new Map([...this.#dates].filter(([, column]) => column.changes));
    const dates = mostFrequent(changing);
    return dates === undefined ? undefined : { kind: "dates", name: dates.name };
  }

  /** Times without names. */
  #noteText(text: string): void {
    if (hoursOf(text) !== undefined) this.#hoursRows += 1;
    this.#barsMs = this.#bars.read(text) ?? this.#barsMs;
  }

  #totalClock(): LogClockSource | undefined {
    if (this.#barsMs > 0) return { kind: "bar-times" };
    if (this.#total === undefined || this.#lastStep <= 0) return undefined;
    return { kind: "total", ...this.#total, lastStep: this.#lastStep };
  }

  #noteTime(time: NamedTime, step: number | undefined): void {
    const name = time.name.trim();
    const { ms } = time;
    if (time.kind === "date") columnOf(this.#dates, time.name).push({ ms, step });
    else {
      const written = { ms, step, hasColons: true, hasHours: time.hasHours };
      if (elapsedName.test(name)) columnOf(this.#elapsed, time.name).push(written);
      else if (timeName.test(name)) columnOf(this.#ambiguous, time.name).push(written);
    }
  }

  #noteNumber({ text, times }: LogTextLine, named: NamedNumber, step: number | undefined): void {
    const { name, number } = named;
    if (dataTimeName.test(name)) this.#hasDataTime = true;
    const ms = durationOfNumber(text, named);
    if (ms === undefined || times.some((time) => time.name === name)) return;
    const hasUnit = number.suffix?.kind === "time" || unitInName.test(name);
    const written = { ms, step, isWhole: !hasUnit && Number.isInteger(number.value) };
    if (totalName.test(name)) this.#total = { name, totalMs: ms };
    else if (elapsedName.test(name)) columnOf(this.#elapsed, name).push(written);
    else if (step !== undefined && stepTimeName.test(name))
      columnOf(this.#stepTimes, name).push(written);
    else if (timeName.test(name)) columnOf(this.#ambiguous, name).push(written);
  }
}

function columnOf(columns: Map<string, TimeColumn>, name: string): TimeColumn {
  const known = columns.get(name) ?? new TimeColumn(name);
  columns.set(name, known);
  return known;
}

function mostFrequent(columns: ReadonlyMap<string, TimeColumn>): TimeColumn | undefined {
  return [...columns.values()].toSorted((left, right) => right.count - left.count)[0];
}

function doubtOf({ name, lastMs }: TimeColumn, readAs: ClockDoubt["readAs"]): ClockDoubt {
  return { name, readAs, lastMs };
}
