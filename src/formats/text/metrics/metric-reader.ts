import type { Finding } from "../../../schema/run/findings/finding.ts";
import { EvaluationHistory } from "../sections/evaluation-history.ts";
import { scopeOfLine } from "../sections/line-scope.ts";
import { LineTables } from "../tables/line-tables.ts";
import { loggedMessage } from "../lines/log-message.ts";
import { NamedPairs } from "./named-pairs.ts";
import {
  factorOf,
  hasRunningMean,
  type MetricReading,
  newReading,
  notFiniteReading,
} from "./metric-reading.ts";
import { findPattern, numberAround } from "./pattern-match.ts";
import { RankReader, statedRank } from "../lines/rank-prefix.ts";
import type { CommaStyle, NumberToken } from "../numbers/read-number.ts";
import type { NamedNumber } from "../numbers/named-number.ts";
import { readProgramClock } from "./program-clock.ts";
import { readPairs } from "../pairs/read-pairs.ts";
import { ValueUnits } from "./value-units.ts";
import { suggestMetric } from "./suggest-metric.ts";
import { stepOfNumbers } from "../pairs/step-of-numbers.ts";
import { resumeLine } from "../sections/resumed-training.ts";
import { SourceEcho } from "../lines/source-echo.ts";
import { visibleText } from "../lines/visible-text.ts";
import {
  type Needles,
  needlesOf,
  type WantedMetric,
  type WantedReadings,
} from "./wanted-metric.ts";

/** The requested values of a line. */
export interface LineReading {
  metrics: readonly MetricReading[];
  /** The count of training samples that the line gives. */
  samplesCount: number | undefined;
  /** The reading of the program's own clock, in milliseconds. */
  clockMs: number | undefined;
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
  readonly #needles: Needles | undefined;
  readonly #tables = new LineTables();
  readonly #echo = new SourceEcho();
  readonly #ranks = new RankReader();
  readonly #history: EvaluationHistory;
  /** Patterns are written for lines as they are printed. */
  readonly #hasPattern: boolean;
  readonly #findings = new Map<string, Finding>();
  readonly #units = new ValueUnits();
  readonly #named: NamedPairs;
  readonly #matched = new Set<string>();
  readonly #keptLines: string[] = [];
  #certain = { thousands: 0, decimal: 0 };

  constructor(wanted: WantedReadings) {
    this.#wanted = wanted;
    const { metrics, samples, clock } = wanted;
    this.#hasPattern = [...metrics, samples, clock].some((each) => each?.kind === "pattern");
    this.#needles = needlesOf(wanted);
    const patterns = wanted.metrics.flatMap((each): [string, string][] =>
      each.kind === "pattern" ? [[each.metric, each.pattern]] : [],
    );
    this.#history = new EvaluationHistory(new Map(patterns));
    this.#named = new NamedPairs(this.#history);
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
      this.#history.hasHeadings ||
      this.#needles.test(text)
    );
  }

  /** Reads one line, without its end. Lines must come in the order in which they were printed. */
  read(rawLine: string): LineReading {
    const visible = visibleText(rawLine);
    const { rank, text: line } = this.#ranks.read(
      this.#hasPattern ? visible : loggedMessage(visible),
    );
    this.#history.startLine(line);
    const part = this.#echo.kindOf(line);
    if (!this.mayHold(line)) return nothing;
    // Names in MLPerf's own lines are read as events.
    const pairs = line.includes(mlperfToken) ? [] : this.#pairsOf(line);
    if (pairs.length > 0 && this.#keptLines.length < maximumKeptLines)
      this.#keptLines.push(line.slice(0, maximumQuotedLength));
    const read = this.#wanted.metrics.flatMap((wanted) => this.#readWanted(wanted, line, pairs));
    if (part !== "output") {
      if (part === "source") this.#noteSource(read, line);
      return nothing;
    }
    const metrics = this.#evaluationsOf(read, line);
    this.#addLineFacts(metrics, rank ?? statedRank(pairs), pairs);
    const { samples } = this.#wanted;
    const count =
      samples === undefined ? undefined : this.#readWanted(samples, line, pairs)[0]?.value;
    return {
      metrics,
      samplesCount: count,
      clockMs: readProgramClock(this.#wanted.clock, { line, pairs, commaStyle: this.#commaStyle }),
    };
  }

  #evaluationsOf(read: readonly MetricReading[], line: string): MetricReading[] {
    // `Loaded checkpoint (epoch 9, acc 0.95)` is about an earlier run.
    const isEarlier = read.length > 0 && this.#matched.size === 0 && resumeLine(line) !== undefined;
    return isEarlier ? [] : read.filter((reading) => this.#isEvaluation(reading, line));
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
    const { metrics } = this.#wanted;
    return [
      ...this.#findings.values(),
      ...metrics.flatMap(({ metric }) => this.#named.findings(metric, this.#matched.has(metric))),
      ...this.#history.findings(),
    ];
  }

  /** Metrics without a matching line so far, each with the closest line and a suggestion. */
  unmatched(): Finding[] {
    const missing = this.#wanted.metrics.filter(({ metric }) => !this.#matched.has(metric));
    return missing.map((wanted) => this.#unmatchedFinding(wanted));
  }

  #unmatchedFinding(wanted: WantedMetric): Finding {
    const { metric } = wanted;
    const training = this.#history.trainingLineOf(metric);
    if (training !== undefined) {
      const line = training.line.slice(0, maximumQuotedLength);
      return training.word === undefined
        ? { rule: "metric-only-in-training-batches", metric, line }
        : { rule: "metric-only-for-training-data", metric, training: training.word, line };
    }
    const longer = this.#named.longerNames(metric);
    const nearest = suggestMetric(metric, this.#keptLines);
    const isUnlike = nearest.nearestLine === undefined && this.names.size > 0;
    return {
      rule: "metric-never-matched",
      metric,
      ...(wanted.kind === "pattern" ? { pattern: wanted.pattern } : {}),
      ...(longer.length > 0 ? { longerNames: longer } : {}),
      ...nearest,
      ...(isUnlike ? { namesSeen: [...this.names] } : {}),
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

  #isEvaluation(reading: MetricReading, line: string): boolean {
    const scope = this.#history.scopeOf(reading, line);
    // A value that is not finite is reported wherever it is printed.
    if (scope === "training-data") return !Number.isFinite(reading.value);
    if (scope === "part-of-evaluation" || scope === "other-result") return false;
    this.#matched.add(reading.metric);
    if (scope === undefined) return false;
    if (scope === "part-of-pass") reading.isPartOfPass = true;
    const isRenamed = this.#named.takesOver(reading.metric);
    if (this.#history.withdrawsEarlier(reading.metric) || isRenamed)
      reading.withdrawsEarlier = true;
    return true;
  }

  #readNamed(metric: string, line: string, pairs: readonly NamedNumber[]): MetricReading[] {
    const found = this.#named.pairOf(metric, line, pairs);
    if (found === undefined) return [];
    const { number, outOf, runningMean } = found;
    const reading = this.#readingOf(metric, line, { number, outOf });
    if (runningMean === undefined || scopeOfLine(line) === "whole") return [reading];
    return [{ ...reading, value: runningMean, text: `${reading.text} (${runningMean})` }];
  }

  #readPattern(
    wanted: WantedMetric & { kind: "pattern" },
    line: string,
  ): MetricReading | undefined {
    const { metric } = wanted;
    const match = findPattern(wanted.expression, line);
    if (match.kind === "none") return undefined;
    if (match.kind === "in-word" || match.kind === "in-longer-name")
      this.#note({ rule: "metric-inside-longer-name", metric, found: match.found });
    if (match.kind === "in-longer-name") return undefined;
    const { span } = match;
    const group = line.slice(span.start, span.end);
    const number = numberAround(line, span, this.#commaStyle);
    if (number === undefined)
      return newReading({ metric, value: Number.NaN, text: group, start: span.start });
    const whole = line.slice(number.start, number.end);
    const isCut = number.start < span.start || number.end > span.end;
    if (isCut) this.#note({ rule: "number-cut-short", metric, group, whole });
    const reading = this.#readingOf(metric, line, { number, outOf: undefined });
    reading.isPartOfPass = hasRunningMean(line, number) && scopeOfLine(line) !== "whole";
    if (match.kind !== "several") return reading;
    this.#note({ rule: "pattern-matches-several-names", metric, names: [...match.names] });
    return { ...reading, doubt: "several-names" };
  }

  #readingOf(
    metric: string,
    line: string,
    { number, outOf }: { number: NumberToken; outOf: number | undefined },
  ): MetricReading {
    const text = line.slice(number.start, number.suffixEnd);
    const value = this.#units.inFirstUnit(metric, number.value * factorOf(number), number.suffix);
    const isAmbiguous = number.comma === "ambiguous" && this.#commaStyle === undefined;
    if (isAmbiguous) this.#note({ rule: "comma-ambiguous", metric, seen: text });
    const isDecimal =
      number.comma === "decimal" ||
      (number.comma === "ambiguous" && this.#commaStyle === "decimal");
    if (isDecimal) this.#note({ rule: "decimal-comma-read", metric, seen: text, value });
    return {
      ...newReading({ metric, value, text, start: number.start }),
      isPercent: number.suffix?.kind === "percent",
      doubt: isAmbiguous ? "ambiguous-comma" : undefined,
      outOf,
    };
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
