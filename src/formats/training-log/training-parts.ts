import type { LogTextLine } from "./read-log-line.ts";
import { type Counter, counterOf, markerOf, mllogKeyOf } from "./part-signs.ts";
import { PartValues } from "./part-values.ts";

/** One training in a log that contains several. Line numbers start at 1. */
export interface LogPart {
  firstLine: number;
  /** Whether the first value of the training is on its first line, so that its beginning is not in the log. */
  startsAtValue: boolean;
  /** A training that the log calls a warm-up. */
  isWarmup: boolean;
}

/** The trainings in a log. */
export type LogParts =
  | {
      kind: "one";
      /** Where a counter starts over, although the log does not otherwise look like several trainings. */
      doubt: { line: number; name: string } | undefined;
    }
  | {
      kind: "consecutive";
      parts: readonly LogPart[];
      /** What separates the trainings: MLLOG lines, the number of the run, or a counter that starts over. */
      by: "mllog" | "number" | "restart";
      /** The name of that number or counter. */
      name: string;
    }
  /** A column of a table numbers the trainings. */
  | { kind: "column"; name: string; values: readonly number[] };

const maximumParts = 2000;
const maximumCounts = 1000;

/** The lines between one start of a counter and the next. */
interface Stretch {
  firstLine: number;
  counterLine: number;
  firstCount: number;
  lastCount: number;
  counts: number[];
  marker: string | undefined;
  isWarmup: boolean;
  values: PartValues;
}

/** Finds where the trainings of a log begin, from all of its lines in order. */
export class PartScan {
  #rank: number | undefined;
  #lastValueLine = 0;
  #marker: { line: number; name: string; isWarmup: boolean } | undefined;
  readonly #mllog = new MllogParts();
  readonly #column = new ColumnParts();
  readonly #stretches = new Map<Counter["kind"], Stretch[]>();
  #isResumed = false;

  push(line: LogTextLine): void {
    const { lineNumber } = line;
    const key = mllogKeyOf(line.text);
    if (key !== undefined) {
      this.#mllog.push(key, lineNumber);
      return;
    }
    this.#isResumed ||= line.statesResume;
    const marker = markerOf(line);
    if (marker !== undefined) this.#marker ??= { line: lineNumber, ...marker };
    if (line.numbers.length === 0) return;
    this.#rank ??= line.rank;
    const counter = line.rank === this.#rank ? counterOf(line) : undefined;
    this.#column.push(line, counter !== undefined);
    if (counter !== undefined) {
      this.#count(counter, line);
      this.#marker = undefined;
      this.#isResumed = false;
    }
    if (marker === undefined || counter !== undefined) this.#lastValueLine = lineNumber;
  }

  /** The trainings; a log without a sign of several is one. */
  parts(): LogParts {
    return (
      this.#mllog.parts() ??
      this.#column.parts() ??
      this.#restarts() ?? { kind: "one", doubt: undefined }
    );
  }

  #count(counter: Counter, line: LogTextLine): void {
    const stretches = this.#stretches.get(counter.kind) ?? [];
    this.#stretches.set(counter.kind, stretches);
    const last = stretches.at(-1);
    const isRestart =
      last !== undefined &&
      !this.#isResumed &&
      counter.count < last.lastCount &&
      counter.count <= last.firstCount;
    if (last === undefined || isRestart) {
      if (stretches.length <= maximumParts) stretches.push(this.#newStretch(counter, line));
    } else if (counter.count > last.lastCount) {
      last.lastCount = counter.count;
      if (last.counts.length < maximumCounts) last.counts.push(counter.count);
    }
    stretches.at(-1)?.values.push(line);
  }

  #newStretch({ count }: Counter, { lineNumber }: LogTextLine): Stretch {
    const marker = this.#marker;
    return {
      firstLine: marker?.line ?? Math.min(lineNumber, this.#lastValueLine + 1),
      counterLine: lineNumber,
      firstCount: count,
      lastCount: count,
      counts: [count],
      marker: marker?.name,
      isWarmup: marker?.isWarmup === true,
      values: new PartValues(),
    };
  }

  /** Where the coarsest counter of the log starts over. */
  #restarts(): LogParts | undefined {
    const kind = (["epoch", "step"] as const).find(
      (each) => this.#stretches.get(each)?.some(({ counts }) => counts.length > 1) === true,
    );
    if (kind === undefined) return undefined;
    const stretches = withoutTail(this.#stretches.get(kind) ?? []);
    if (stretches.length < 2 || stretches.length > maximumParts) return undefined;
    const [, ...later] = stretches;
    const isNumbered = later.every(({ marker }) => marker !== undefined);
    if (isNumbered || lookAlike(stretches)) return partsAt(stretches, { kind, isNumbered });
    // Steps also count the batches of an evaluation.
    const line = later[0]?.counterLine;
    const isDoubtful = kind === "epoch" && line !== undefined;
    return { kind: "one", doubt: isDoubtful ? { line, name: kind } : undefined };
  }
}

function partsAt(
  stretches: readonly Stretch[],
  { kind, isNumbered }: { kind: Counter["kind"]; isNumbered: boolean },
): LogParts {
  const parts = stretches.map(({ firstLine, counterLine, isWarmup }, index) => ({
    firstLine: index === 0 ? 1 : firstLine,
    startsAtValue: index > 0 && firstLine === counterLine,
    isWarmup,
  }));
  if (!isNumbered) return { kind: "consecutive", parts, by: "restart", name: kind };
  return { kind: "consecutive", parts, by: "number", name: stretches[1]?.marker ?? kind };
}

/** A last line such as `best model: epoch 1` is not a training. */
function withoutTail(stretches: readonly Stretch[]): readonly Stretch[] {
  const last = stretches.at(-1);
  const isTail = last !== undefined && last.counts.length < 2 && last.marker === undefined;
  return isTail ? stretches.slice(0, -1) : stretches;
}

/** Whether all stretches count in the same way, and begin with values like those of the first one. */
function lookAlike(stretches: readonly Stretch[]): boolean {
  const longest = stretches.reduce((most, each) =>
    each.counts.length > most.counts.length ? each : most,
  );
  const [first] = stretches;
  return stretches.every(({ counts, values }, index) => {
    const isPrefix = counts.every((count, at) => count === longest.counts[at]);
    const before = stretches[index - 1];
    if (before === undefined || first === undefined) return isPrefix;
    return isPrefix && values.startsLike(first.values, before.values);
  });
}

/** MLLOG lines of a training begin before `run_start`, and end with `run_stop`. */
const mllogStarts: ReadonlySet<string> = new Set([
  "cache_clear",
  "init_start",
  "submission_benchmark",
  "run_start",
]);

class MllogParts {
  readonly #starts: { line: number; hasRunStart: boolean }[] = [];
  #isStopped = true;

  push(key: string, line: number): void {
    if (this.#isStopped && mllogStarts.has(key)) {
      this.#starts.push({ line, hasRunStart: false });
      this.#isStopped = false;
    }
    const last = this.#starts.at(-1);
    if (key === "run_start" && last !== undefined) last.hasRunStart = true;
    if (key === "run_stop" && last?.hasRunStart === true) this.#isStopped = true;
  }

  parts(): LogParts | undefined {
    const started = this.#starts.filter(({ hasRunStart }) => hasRunStart);
    if (started.length < 2) return undefined;
    const parts = started.map(({ line }, index) => ({
      firstLine: index === 0 ? 1 : line,
      startsAtValue: false,
      isWarmup: false,
    }));
    return { kind: "consecutive", parts, by: "mllog", name: "run_start" };
  }
}

/** Rows with a column that numbers the trainings. */
class ColumnParts {
  readonly #counts = new Map<string, { rows: number; values: Set<number> }>();
  #rowCount = 0;

  push({ numbers, inTable }: LogTextLine, hasCounter: boolean): void {
    if (inTable !== "row") return;
    if (hasCounter || numbers.length > 1) this.#rowCount += 1;
    for (const { name, number } of numbers) {
      if (!columnName.test(name)) continue;
      const known = this.#counts.get(name) ?? { rows: 0, values: new Set() };
      this.#counts.set(name, known);
      known.rows += 1;
      if (known.values.size <= maximumParts) known.values.add(number.value);
    }
  }

  parts(): LogParts | undefined {
    for (const [name, { rows, values }] of this.#counts) {
      const isNumbered = [...values].every((value) => Number.isSafeInteger(value) && value >= 0);
      const isOnAllRows = rows >= this.#rowCount;
      if (isNumbered && isOnAllRows && values.size > 1 && values.size <= maximumParts)
        return { kind: "column", name, values: [...values] };
    }
    return undefined;
  }
}

const columnName =
  /^(?:run|trial|seed|random[_ ]seed|fold|repeat|repetition|replicate)(?:[_ ]?(?:id|index|number))?$/iu;
