import type { NamedNumber } from "../text/numbers/named-number.ts";
import { readDurationMs } from "../text/numbers/read-duration.ts";
import { stepOfNumbers } from "../text/pairs/step-of-numbers.ts";
import { BarTimes } from "./bar-times.ts";
import { lineTimeMs } from "./line-time.ts";
import type { LogTextLine } from "./read-log-line.ts";

/** Where the times of a text log are read from. */
export type LogClockSource =
  | { kind: "mllog" }
  | { kind: "time-stamps" }
  /** A column or field of dates, by its name. */
  | { kind: "dates"; name: string }
  /** A column or field of times of day without a date. */
  | { kind: "times-of-day"; name: string }
  /** A number that counts up, by its name. */
  | { kind: "elapsed"; name: string }
  /** `~~<epoch>\t<hours>\t…`, as the ImageNet training of 2018 prints it. */
  | { kind: "hours" }
  /** The duration of one step or epoch, by its name. `firstStep` is 0 if the program counts from 0. */
  | { kind: "step-times"; name: string; counter: "step" | "epoch"; firstStep: 0 | 1 }
  /** The whole seconds that the bar of each epoch shows, as Keras prints it. */
  | { kind: "bar-times" }
  | { kind: "total"; name: string; totalMs: number; lastStep: number }
  | { kind: "none" };

const dayMs = 24 * 60 * 60 * 1000;

/** Gives each line its time: since the epoch for dates, else since the start of training. */
export class LogClock {
  readonly source: LogClockSource;
  #steps: StepSum | undefined;
  readonly #bars = new BarTimes();
  #day: { firstMs: number; lastMs: number; dayCount: number } | undefined;

  constructor(source: LogClockSource) {
    this.source = source;
  }

  /** Whether times are dates. */
  get isAbsolute(): boolean {
    const { kind } = this.source;
    return kind === "mllog" || kind === "time-stamps" || kind === "dates";
  }

  /** The time that a line states, in milliseconds; undefined if it states none. */
  // oxlint-disable-next-line complexity -- one case for each source of times
  read(line: LogTextLine): number | undefined {
    const { source } = this;
    switch (source.kind) {
      case "none":
        return undefined;
      case "mllog":
        return mllogTimeMs(line.text);
      case "time-stamps":
        return lineTimeMs(line.text);
      case "dates":
        return dateNamed(line, source.name);
      case "times-of-day":
        return this.#sinceFirst(durationNamed(line, source.name));
      case "elapsed":
        return durationNamed(line, source.name);
      case "hours":
        return hoursOf(line.text);
      case "step-times":
        this.#steps ??= new StepSum(source.firstStep);
        return this.#steps.read(countOf(line, source), durationNamed(line, source.name));
      case "bar-times":
        return this.#bars.read(line.text);
      case "total":
        return shareOfTotal(line, source);
    }
  }

  /** A time that is much earlier than the one before is of the next day. */
  #sinceFirst(ms: number | undefined): number | undefined {
    if (ms === undefined) return undefined;
    this.#day ??= { firstMs: ms, lastMs: ms, dayCount: 0 };
    const day = this.#day;
    if (ms < day.lastMs - dayMs / 2) day.dayCount += 1;
    day.lastMs = ms;
    return day.dayCount * dayMs + ms - day.firstMs;
  }
}

/** What the durations belong to: a duration of an epoch is multiplied by epochs. */
function countOf(
  { numbers }: LogTextLine,
  { counter }: Extract<LogClockSource, { kind: "step-times" }>,
): number | undefined {
  if (counter === "step") return stepOfNumbers(numbers);
  return numbers.find(({ name }) => /^epoch$/iu.test(name.trim()))?.number.value;
}

function shareOfTotal(
  { numbers }: LogTextLine,
  { lastStep, totalMs }: Extract<LogClockSource, { kind: "total" }>,
): number | undefined {
  const step = stepOfNumbers(numbers);
  if (step === undefined || lastStep <= 0) return undefined;
  return (Math.min(step, lastStep) / lastStep) * totalMs;
}

function dateNamed({ times }: LogTextLine, wanted: string): number | undefined {
  return times.find(({ kind, name }) => kind === "date" && name === wanted)?.ms;
}

/** Adds up the durations of steps. */
class StepSum {
  readonly #before: number;
  #lastStep: number;
  #smallestStep: number | undefined;
  #stepMs: number | undefined;
  #sumMs = 0;

  constructor(firstStep: 0 | 1) {
    this.#before = firstStep - 1;
    this.#lastStep = this.#before;
  }

  /**
   * The mean duration of a step applies to all steps since the line before. A line without a duration, such as that of an
   * evaluation, comes after steps as long as those before.
   */
  read(step: number | undefined, stepMs: number | undefined): number | undefined {
    if (step === undefined) return undefined;
    this.#stepMs = stepMs ?? this.#stepMs;
    if (this.#stepMs === undefined) return undefined;
    this.#sumMs += this.#stepsUntil(step) * this.#stepMs;
    return this.#sumMs;
  }

  /** Steps that start over are those of the next epoch; several processes may print the same step. */
  #stepsUntil(step: number): number {
    const isRestart = step < this.#lastStep && step <= (this.#smallestStep ?? step);
    this.#smallestStep = Math.min(step, this.#smallestStep ?? step);
    const count = step - (isRestart ? this.#before : this.#lastStep);
    if (count <= 0) return 0;
    this.#lastStep = step;
    return count;
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
export function hoursOf(text: string): number | undefined {
  const hours = hoursRow.exec(text)?.[1];
  return hours === undefined ? undefined : Number(hours) * 3_600_000;
}

/** The duration with a name in a line: a number with a unit, or with colons. */
function durationNamed({ text, numbers, times }: LogTextLine, name: string): number | undefined {
  const time = times.find((each) => each.kind === "duration" && each.name === name);
  if (time !== undefined) return time.ms;
  const number = numbers.find((each) => each.name === name);
  return number === undefined ? undefined : durationOfNumber(text, number);
}

export function durationOfNumber(text: string, { name, number }: NamedNumber): number | undefined {
  const ms = readDurationMs(text, number, name);
  return Number.isFinite(ms) && ms >= 0 ? ms : undefined;
}
