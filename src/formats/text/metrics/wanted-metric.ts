import type { LinearPattern } from "./linear-pattern.ts";
import { withoutUnit } from "../names/name-unit.ts";

/** A metric to look for: by its name, or by a pattern whose first group is its number. */
export type WantedMetric = { metric: string } & (
  | { kind: "name" }
  | {
      kind: "pattern";
      /** As the user wrote it. */
      pattern: string;
      expression: Pick<LinearPattern, "find">;
      /** Text that every matching line contains; empty if there is none. */
      literal: string;
    }
);

/** The values to read. */
export interface WantedReadings {
  metrics: readonly WantedMetric[];
  /** Reads the training samples so far. */
  samples?: WantedMetric | undefined;
  /** Reads the program's own clock. */
  clock?: WantedMetric | undefined;
  /** Whether to read the count of steps with each metric. Default: no. */
  readsSteps?: boolean;
}

/** Finds text that may have a requested value, or that changes how later lines are read. */
export interface Needles {
  /** @param text one line or several */
  test(text: string): boolean;
}

/** Undefined if every text must be read. */
export function needlesOf({ metrics, samples, clock }: WantedReadings): Needles | undefined {
  const wanted = [...metrics, samples, clock].filter((each) => each !== undefined);
  const found = wanted.map((each) =>
    each.kind === "name" ? nameNeedle(each.metric) : literalNeedle(each.literal),
  );
  const needles = found.filter((needle) => needle !== undefined);
  if (needles.length < found.length) return undefined;
  return { test: (text) => needles.some((needle) => needle.test(text)) || changesReading(text) };
}

// Searches for one text or pattern each: patterns with alternatives are slower than all of them together.
const sourceLine = /^(?:import |from |def |class |#!)/imu;
/** `Training:`, `== Evaluation ==`: what the lines below are about. */
const headingLine =
  /^(?:[^a-z\d\r\n]+)?(?:train|trn|val|vld|eval|test|dev)[a-z]*(?:[ \t]+[a-z]+)?[^a-z\d\r\n]*$/im;
/** `| Tasks | Metric | Value |`: the rows below name their metrics. */
const metricColumn = /metrics?[ \t|│┃]+value/iu;

/** Escape sequences (which may be between any two characters), source code, tracebacks, summaries (COCO's too), headings, tables. */
function changesReading(text: string): boolean {
  return (
    text.includes("\u001B") ||
    text.includes("Traceback (") ||
    text.includes("Warning: ") ||
    text.includes("*** ") ||
    text.includes("@[ IoU=") ||
    metricColumn.test(text) ||
    sourceLine.test(text) ||
    headingLine.test(text)
  );
}

function literalNeedle(literal: string): Needles | undefined {
  return literal === "" ? undefined : new RegExp(escaped(literal), "iu");
}

/**
 * The words of a name may be apart: `val_acc` is also `[valid] acc`, `{"val": {"acc": …}}`, and the row `val` of a table
 * with the column `acc`.
 */
function nameNeedle(metric: string): Needles | undefined {
  const words = withoutUnit(metric.trim())
    .split(/[\s_/.-]+/u)
    .filter((word) => word !== "")
    .map((word) => dataWord(word) ?? escaped(word));
  const last = words.at(-1);
  if (last === undefined) return undefined;
  const [lastWord, ...otherWords] = words.toReversed().map((word) => new RegExp(word, "iu"));
  if (lastWord === undefined || otherWords.length === 0) return lastWord;
  const oneLine = new RegExp(`^${words.map((word) => `(?=.*${word})`).join("")}`, "imu");
  // Without a number after it, the line may be the header of a table whose rows have the other words.
  const header = new RegExp(String.raw`^(?:(?!${last}).)*${last}(?!.*?[\s=:|,(][-+.]?\d)`, "imu");
  return {
    test: (text) =>
      lastWord.test(text) &&
      ((otherWords.every((word) => word.test(text)) && oneLine.test(text)) || header.test(text)),
  };
}

/** What may say on a line that a value is about this data: `trn`, `Epoch: [21][175/179]` and so on for `train`. */
function dataWord(word: string): string | undefined {
  if (/^tr(?:ain(?:ing)?|n)$/iu.test(word)) return "(?:tr|epoch)";
  if (/^(?:val(?:id(?:ation)?)?|vld)$/iu.test(word)) return "va?l";
  return /^eval(?:uation)?$/iu.test(word) ? "eval" : undefined;
}

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/]/gu, String.raw`\$&`);
}
