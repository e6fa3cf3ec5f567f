import type { Finding } from "../../schema/run/finding.ts";
import { LineTables } from "./line-tables.ts";
import type { GroupSpan, LinearPattern } from "./linear-pattern.ts";
import { matchName } from "./match-name.ts";
import { withoutRankLabel } from "./rank-prefix.ts";
import { type CommaStyle, type NumberToken, nextNumber } from "./read-number.ts";
import type { NamedNumber } from "./named-number.ts";
import { readDurationMs } from "./read-duration.ts";
import { readPairs } from "./read-pairs.ts";
import { suggestMetric } from "./suggest-metric.ts";
import { stepOfNumbers } from "./step-of-numbers.ts";
import { SourceEcho } from "./source-echo.ts";
import { visibleText } from "./visible-text.ts";

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

/** One value of a wanted metric. */
export interface MetricReading {
  metric: string;
  /** NaN if the program printed NaN, or no number although one was expected. */
  value: number;
  /** As printed, its suffix included. */
  text: string;
  isPercent: boolean;
  /** Why the value may have been misread; such a value must not affect the outcome. */
  doubt: "ambiguous-comma" | "ratio" | undefined;
  /** The rank that a launcher's label names. */
  rank: number | undefined;
  /** The program's own count of steps on the line, if `readsSteps` is set. */
  step?: number | undefined;
}

/** The requested values of a line. */
export interface LineReading {
  metrics: readonly MetricReading[];
  /** The count of training samples that the line gives. */
  samplesCount: number | undefined;
  /** The reading of the program's own clock, in milliseconds. */
  clockMs: number | undefined;
}

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

const maximumQuotedLength = 200;
const maximumNames = 50;
/** Maximum number of numeric lines kept for finding a similar one. */
const maximumKeptLines = 500;
const mlperfToken = ":::ML";
const nothing: LineReading = { metrics: [], samplesCount: undefined, clockMs: undefined };

/** Reads metrics from the lines that a program prints. */
export class MetricReader {
  /** Names of numbers in the output, in order of appearance. */
  readonly names = new Set<string>();
  readonly #wanted: WantedReadings;
  /** Text without a match contains no requested value; undefined if every text must be read. */
  readonly #needles: RegExp | undefined;
  readonly #tables = new LineTables();
  readonly #echo = new SourceEcho();
  readonly #findings = new Map<string, Finding>();
  readonly #longerNames = new Map<string, Set<string>>();
  readonly #matched = new Set<string>();
  readonly #keptLines: string[] = [];
  #certain = { thousands: 0, decimal: 0 };

  constructor(wanted: WantedReadings) {
    this.#wanted = wanted;
    this.#needles = needlesOf(wanted);
  }

  /** Name of the program's own clock, if it is read. */
  get clockName(): string | undefined {
    return this.#wanted.clock?.metric;
  }

  /** Number of lines with numbers so far, up to the maximum number of kept lines. */
  get numericLineCount(): number {
    return this.#keptLines.length;
  }

  /**
   * Whether a text may contain a requested value. If not, its lines need not be read. Always true
   * for the first lines, which are used for hints.
   */
  mayHold(text: string): boolean {
    return (
      this.#needles === undefined ||
      this.#keptLines.length < maximumKeptLines ||
      this.#tables.isOpen ||
      this.#echo.isInside ||
      this.#needles.test(text)
    );
  }

  /** Reads one line, without its end. Lines must come in the order in which they were printed. */
  read(rawLine: string): LineReading {
    const { rank, text: line } = withoutRankLabel(visibleText(rawLine));
    const part = this.#echo.kindOf(line);
    if (!this.mayHold(line)) return nothing;
    // Names in MLPerf's own lines are read as events.
    const pairs = line.includes(mlperfToken) ? [] : this.#pairsOf(line);
    if (pairs.length > 0 && this.#keptLines.length < maximumKeptLines)
      this.#keptLines.push(line.slice(0, maximumQuotedLength));
    const metrics = this.#wanted.metrics.flatMap((wanted) => this.#readWanted(wanted, line, pairs));
    this.#addLineFacts(metrics, rank, pairs);
    if (part !== "output") {
      if (part === "source") this.#noteSource(metrics, line);
      return nothing;
    }
    for (const { metric } of metrics) this.#matched.add(metric);
    const { samples } = this.#wanted;
    const count =
      samples === undefined ? undefined : this.#readWanted(samples, line, pairs)[0]?.value;
    return { metrics, samplesCount: count, clockMs: this.#readClock(line, pairs) };
  }

  /** Adds what holds for all values of a line. */
  #addLineFacts(
    metrics: readonly MetricReading[],
    rank: number | undefined,
    pairs: readonly NamedNumber[],
  ): void {
    for (const reading of metrics) {
      reading.rank = rank;
      if (this.#wanted.readsSteps === true) reading.step = stepOfNumbers(pairs);
    }
  }

  /** Findings so far about how metrics were read. */
  findings(): Finding[] {
    return [...this.#findings.values()];
  }

  /** Metrics without a matching line so far, each with the closest line and a suggestion. */
  unmatched(): Finding[] {
    const missing = this.#wanted.metrics.filter(({ metric }) => !this.#matched.has(metric));
    return missing.map((wanted) => this.#unmatchedFinding(wanted));
  }

  #unmatchedFinding(wanted: WantedMetric): Finding {
    const { metric } = wanted;
    const longer = [...(this.#longerNames.get(metric) ?? [])];
    return {
      rule: "metric-never-matched",
      metric,
      ...(wanted.kind === "pattern" ? { pattern: wanted.pattern } : {}),
      ...(longer.length > 0 ? { longerNames: longer } : {}),
      ...suggestMetric(metric, this.#keptLines),
    };
  }

  get #commaStyle(): CommaStyle | undefined {
    const { thousands, decimal } = this.#certain;
    if (decimal > 0 && thousands === 0) return "decimal";
    return thousands > 0 && decimal === 0 ? "thousands" : undefined;
  }

  #pairsOf(line: string): NamedNumber[] {
    const before = this.#commaStyle;
    const pairs = this.#tables.read(line, before) ?? readPairs(line, before);
    for (const { name, number } of pairs) {
      if (this.names.size < maximumNames) this.names.add(name);
      if (number.comma === "thousands" || number.comma === "decimal")
        this.#certain[number.comma] += 1;
    }
    const after = this.#commaStyle;
    // An unambiguous comma in the line determines how its ambiguous ones are read.
    return after === before ? pairs : (this.#tables.read(line, after) ?? readPairs(line, after));
  }

  #readWanted(wanted: WantedMetric, line: string, pairs: readonly NamedNumber[]): MetricReading[] {
    if (wanted.kind === "name") return this.#readNamed(wanted.metric, line, pairs);
    const reading = this.#readPattern(wanted, line) ?? notFiniteReading(wanted.metric, line, pairs);
    return reading === undefined ? [] : [reading];
  }

  #readClock(line: string, pairs: readonly NamedNumber[]): number | undefined {
    const { clock } = this.#wanted;
    if (clock === undefined) return undefined;
    const number =
      clock.kind === "name"
        ? pairs.find(({ name }) => matchName(name, clock.metric) === "same")?.number
        : this.#numberOfPattern(clock, line);
    if (number === undefined || !Number.isFinite(number.value)) return undefined;
    return readDurationMs(line, number, clock.metric);
  }

  #numberOfPattern(
    wanted: WantedMetric & { kind: "pattern" },
    line: string,
  ): NumberToken | undefined {
    const span = this.#wholeWordSpan(wanted, line);
    return span === undefined ? undefined : numberAround(line, span, this.#commaStyle);
  }

  #readNamed(metric: string, line: string, pairs: readonly NamedNumber[]): MetricReading[] {
    for (const { name, number, outOf } of pairs) {
      const match = matchName(name, metric);
      if (match === "same") return [this.#readingOf(metric, line, { number, outOf })];
      if (match === "longer") this.#addLongerName(metric, name);
    }
    return [];
  }

  #readPattern(
    wanted: WantedMetric & { kind: "pattern" },
    line: string,
  ): MetricReading | undefined {
    const { metric } = wanted;
    const span = this.#wholeWordSpan(wanted, line);
    if (span === undefined) return undefined;
    const group = line.slice(span.start, span.end);
    const number = numberAround(line, span, this.#commaStyle);
    if (number === undefined) {
      return {
        metric,
        value: Number.NaN,
        text: group,
        isPercent: false,
        doubt: undefined,
        rank: undefined,
      };
    }
    const whole = line.slice(number.start, number.end);
    const isCut = number.start < span.start || number.end > span.end;
    if (isCut) this.#note({ rule: "number-cut-short", metric, group, whole });
    return this.#readingOf(metric, line, { number, outOf: undefined });
  }

  /** The first match that does not begin inside a longer word; if all do, the first match. */
  #wholeWordSpan(wanted: WantedMetric & { kind: "pattern" }, line: string): GroupSpan | undefined {
    let first: GroupSpan | undefined;
    for (let from = 0; from <= line.length;) {
      const span = wanted.expression.find(line, from);
      if (span === undefined) break;
      if (!beginsInsideWord(line, span.matchStart)) return span;
      first ??= span;
      from = Math.max(span.end, span.matchStart + 1);
    }
    if (first !== undefined) {
      const found = wordAround(line, first.matchStart);
      this.#note({ rule: "metric-inside-longer-name", metric: wanted.metric, found });
    }
    return first;
  }

  #readingOf(
    metric: string,
    line: string,
    { number, outOf }: { number: NumberToken; outOf: number | undefined },
  ): MetricReading {
    const text = line.slice(number.start, number.suffixEnd);
    const value = number.value * factorOf(number);
    const isAmbiguous = number.comma === "ambiguous" && this.#commaStyle === undefined;
    if (isAmbiguous) this.#note({ rule: "comma-ambiguous", metric, seen: text });
    const isDecimal =
      number.comma === "decimal" ||
      (number.comma === "ambiguous" && this.#commaStyle === "decimal");
    if (isDecimal) this.#note({ rule: "decimal-comma-read", metric, seen: text, value });
    if (outOf !== undefined)
      this.#note({ rule: "ratio-printed", metric, seen: `${text}/${outOf}` });
    const doubt = isAmbiguous ? "ambiguous-comma" : outOf === undefined ? undefined : "ratio";
    return {
      metric,
      value,
      text,
      isPercent: number.suffix?.kind === "percent",
      doubt,
      rank: undefined,
    };
  }

  #addLongerName(metric: string, name: string): void {
    const known = this.#longerNames.get(metric) ?? new Set<string>();
    if (known.size < maximumNames) known.add(name);
    this.#longerNames.set(metric, known);
  }

  #noteSource(readings: readonly { metric: string }[], line: string): void {
    for (const { metric } of readings)
      this.#note({ rule: "source-echoed", metric, line: line.slice(0, maximumQuotedLength) });
  }

  /** Records each kind of finding once per metric. */
  #note(finding: Extract<Finding, { metric: string }>): void {
    const key = `${finding.rule} ${finding.metric}`;
    if (!this.#findings.has(key)) this.#findings.set(key, finding);
  }
}

/** Matches text that may contain a requested value, a table header, source code or a traceback. */
function needlesOf({ metrics, samples, clock }: WantedReadings): RegExp | undefined {
  const wanted = [...metrics, samples, clock].filter((each) => each !== undefined);
  if (wanted.some((each) => each.kind === "pattern" && each.literal === "")) return undefined;
  const parts = wanted.map((each) =>
    each.kind === "name"
      ? each.metric
          .trim()
          .split(/[\s_-]+/u)
          .map((word) => escaped(word))
          .join("[\\s_-]+")
      : escaped(each.literal),
  );
  // Escape sequences may occur between any two characters.
  const always = ["\u001B", "^import ", "^from ", "^def ", "^class ", "^#!", "Traceback \\("];
  return new RegExp([...parts, ...always].join("|"), "imu");
}

function escaped(text: string): string {
  return text.replaceAll(/[\\^$.*+?()[\]{}|/]/gu, String.raw`\$&`);
}

/** A group for digits cannot match `nan`; it is found by the name of the metric. */
function notFiniteReading(
  metric: string,
  line: string,
  pairs: readonly NamedNumber[],
): MetricReading | undefined {
  const found = pairs.find(
    ({ name, number }) => !Number.isFinite(number.value) && matchName(name, metric) === "same",
  );
  if (found === undefined) return undefined;
  const { start, end, value } = found.number;
  return {
    metric,
    value,
    text: line.slice(start, end),
    isPercent: false,
    doubt: undefined,
    rank: undefined,
  };
}

/** Counts carry a factor (`1.5M`); other suffixes leave the number as printed. */
function factorOf({ suffix }: NumberToken): number {
  return suffix?.kind === "count" ? suffix.factor : 1;
}

/** The complete number that a group matches at least in part. */
function numberAround(
  line: string,
  { start, end }: GroupSpan,
  commaStyle: CommaStyle | undefined,
): NumberToken | undefined {
  let from = start;
  while (from > 0 && /[\d.,eE+\-\u2212_]/u.test(line[from - 1] ?? "")) from -= 1;
  for (;;) {
    const number = nextNumber(line, from, commaStyle);
    if (number === undefined || number.start >= end) return undefined;
    if (number.end > start) return number;
    from = number.end;
  }
}

function beginsInsideWord(line: string, at: number): boolean {
  return /[\w/]/u.test(line[at - 1] ?? " ") && /\w/u.test(line[at] ?? " ");
}

function wordAround(line: string, at: number): string {
  const before = /[\w./@-]*$/u.exec(line.slice(0, at))?.[0] ?? "";
  const after = /^[\w./@-]*/u.exec(line.slice(at))?.[0] ?? "";
  return before + after;
}
