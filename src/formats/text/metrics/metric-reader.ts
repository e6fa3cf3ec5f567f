import type { Finding } from "../../../schema/run/findings/finding.ts";
import { EvaluationNames } from "./evaluation-names.ts";
import { EvaluationHistory } from "../sections/evaluation-history.ts";
import { scopeOfLine } from "../sections/line-scope.ts";
import { sectionAt, wordsOfSection } from "../sections/line-section.ts";
import { LineTables } from "../tables/line-tables.ts";
import { loggedMessage } from "../lines/log-message.ts";
import { matchName } from "../names/match-name.ts";
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
  /** Metrics that were printed under exactly their name. */
  readonly #exact = new Set<string>();
  readonly #findings = new Map<string, Finding>();
  readonly #evaluationNames = new EvaluationNames();
  readonly #units = new ValueUnits();
  /** Metrics whose values so far were read under another name. */
  readonly #renamed = new Set<string>();
  readonly #longerNames = new Map<string, Set<string>>();
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
      ...metrics.flatMap(({ metric }) => this.#onOtherLines(metric)),
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
    const longer = [...(this.#longerNames.get(metric) ?? [])];
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
    const isRenamed = this.#renamed.delete(reading.metric);
    if (this.#history.withdrawsEarlier(reading.metric) || isRenamed)
      reading.withdrawsEarlier = true;
    return true;
  }

  #readNamed(metric: string, line: string, pairs: readonly NamedNumber[]): MetricReading[] {
    const found = this.#pairOf(metric, line, pairs);
    if (found === undefined) return [];
    const { number, outOf, runningMean } = found;
    const reading = this.#readingOf(metric, line, { number, outOf });
    if (runningMean === undefined || scopeOfLine(line) === "whole") return [reading];
    return [{ ...reading, value: runningMean, text: `${reading.text} (${runningMean})` }];
  }

  #pairOf(metric: string, line: string, pairs: readonly NamedNumber[]): NamedNumber | undefined {
    const { exact, last } = this.#namesakes(metric, pairs);
    if (exact.length > 0 && this.#evaluationNames.yields(metric)) this.#renamed.add(metric);
    const known = this.#evaluationNames.nameOf(metric);
    if (known !== undefined) return this.#evaluationNames.pairOf(metric, pairs);
    if (exact.length > 0) {
      this.#exact.add(metric);
      this.#noteEvaluationName(metric, pairs);
      return exact.length > 1 ? evaluationOf(exact, line) : exact[0];
    }
    if (last !== undefined) return this.#exact.has(metric) ? undefined : last;
    const inSection = this.#pairInSection(metric, line, pairs);
    if (inSection !== undefined || this.#exact.has(metric)) return inSection;
    return this.#evaluationNames.pairOf(metric, pairs);
  }

  /** The numbers with the name of a metric, and the first whose last words it is. */
  #namesakes(
    metric: string,
    pairs: readonly NamedNumber[],
  ): { exact: NamedNumber[]; last: NamedNumber | undefined } {
    const exact: NamedNumber[] = [];
    let last: NamedNumber | undefined;
    for (const pair of pairs) {
      const match = matchName(pair.name, metric);
      if (match === "same") exact.push(pair);
      if (match === "last-words") last ??= pair;
      if (match === "longer") this.#addLongerName(metric, pair.name);
    }
    return { exact, last };
  }

  /** `[valid] acc 0.9` is also `valid_acc` and `valid/acc`, and `global val_acc=0.9` has a name of two words. */
  #pairInSection(
    metric: string,
    line: string,
    pairs: readonly NamedNumber[],
  ): NamedNumber | undefined {
    const path = metric.replaceAll(/[/.](?=\p{L})/gu, "_");
    return pairs.find(({ name, number }) => {
      if (endsInWords(line.slice(0, number.start), metric)) return true;
      if (!metric.toLowerCase().endsWith(name.toLowerCase())) return false;
      const section = this.#history.sectionOf(line, number.start);
      const words = section === undefined ? [] : wordsOfSection(section);
      return words.some((word) => matchName(`${word}_${name}`, path) === "same");
    });
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

  /** Keras prints `accuracy: 0.9 - val_accuracy: 0.8`. */
  #noteEvaluationName(metric: string, pairs: readonly NamedNumber[]): void {
    const found = pairs.find(({ name }) => isOnEvaluationData(name, metric))?.name;
    if (found !== undefined) this.#note({ rule: "metric-beside-evaluation-name", metric, found });
  }

  /** MXNet prints `accuracy=0.9` for batches and `Validation-accuracy=0.8` for evaluations. */
  #onOtherLines(metric: string): Finding[] {
    const read = this.#evaluationNames.nameOf(metric);
    if (read !== undefined) return [{ rule: "metric-read-from-other-name", metric, found: read }];
    const rule = "metric-beside-evaluation-name";
    const names = [...(this.#longerNames.get(metric) ?? [])];
    const found = names.find((name) => isOnValidationData(name, metric));
    const isNew = this.#matched.has(metric) && !this.#findings.has(`${rule} ${metric}`);
    return found === undefined || !isNew ? [] : [{ rule, metric, found }];
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

/** Whether the text before a number ends in a name of several words: `epoch 1 global val_acc=` in `global val_acc`. */
function endsInWords(before: string, name: string): boolean {
  if (!/\W/u.test(name)) return false;
  const text = before.replace(/[\s.=:"'(]+$/u, "").toLowerCase();
  return text.endsWith(name.toLowerCase()) && !/\w$/u.test(text.slice(0, -name.length));
}

/** Whether a name is that of a metric on evaluation data: `val_acc` for `acc`. */
function isOnEvaluationData(name: string, metric: string): boolean {
  const before = name.slice(0, -metric.length);
  return /^(?:val|valid|validation|eval|test)[_/ -]$/iu.test(before) && name.endsWith(metric);
}

function isOnValidationData(name: string, metric: string): boolean {
  return isOnEvaluationData(name, metric) && !/^test/iu.test(name);
}

/** Of values under one name, the first of evaluation data: `Train: acc 0.97 | Val: acc 0.80`; otherwise the first. */
function evaluationOf(pairs: readonly NamedNumber[], line: string): NamedNumber | undefined {
  const sections = pairs.map(({ number }) => sectionAt(line, number.start)?.kind);
  return pairs[Math.max(0, sections.indexOf("evaluation"))];
}
