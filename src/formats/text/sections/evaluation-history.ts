import type { Finding } from "../../../schema/run/findings/finding.ts";
import { EarlierValues } from "./earlier-values.ts";
import { isLabelOfPart, labelOfLine } from "./line-label.ts";
import { isHeadingOfOther, type OtherResult, otherResultAt } from "./other-result.ts";
import { endsInNumber, logPrefixLength } from "../lines/log-prefix.ts";
import {
  type LineScope,
  positionInEvaluation,
  scopeOfLine,
  showsEarlierResult,
} from "./line-scope.ts";
import {
  isBanner,
  isTrainingBatch,
  namesItsData,
  probableSectionAt,
  type Section,
  sectionAt,
  sectionOfHeading,
} from "./line-section.ts";

interface MetricHistory {
  /** How far the first line was indented whose value counted. */
  indent: number | undefined;
  /** What the first line says whose value counted: `model A`. */
  label: string | undefined;
  /** The first other thing that a line names whose value counted. */
  otherLabel: string | undefined;
  /** The values that counted. */
  counted: EarlierValues;
  /** The first line about training data that has the metric. */
  training: DataLine | undefined;
  /** The first line that is probably about training data and whose value counted, because no evaluation was seen before. */
  probableTraining: string | undefined;
  /** Whether a value that counts came after the program named evaluation data, which withdrew those before. */
  hasWithdrawn: boolean;
  /** The first line of a whole pass after values of parts counted. */
  firstWhole: string | undefined;
  /** Whether it withdrew them. */
  hasWithdrawnParts: boolean;
  /** The value that a progress bar shows, which it repeats with each update. */
  shown: string | undefined;
  hasPartial: boolean;
  /** Whether a value of a whole pass came after one of a part. */
  hasWhole: boolean;
  /** The first line about evaluation data that has the metric. */
  evaluation: DataLine | undefined;
  /** The position of the newest value in a pass over evaluation data. */
  position: number | undefined;
  /** Whether a pass over evaluation data ended without a value of the whole pass. */
  hasOpenPass: boolean;
}

/** A line about training or evaluation data. */
interface DataLine {
  line: string;
  /** The word that says so; absent for a line about one batch. */
  word: string | undefined;
}

/** A value that was read from a line. */
interface ReadValue {
  metric: string;
  text: string;
  /** Index of its first character. */
  start: number;
}

/** What a value is; only those with the scope of a line are evaluations. */
export type ValueScope =
  | LineScope
  | "training-data"
  /** A later line may have the value of the whole pass. */
  | "part-of-evaluation"
  /** A goal, or the result of another run. */
  | "other-result"
  /** The value repeats another one. */
  | undefined;

export function isEvaluationScope(scope: ValueScope): scope is LineScope {
  switch (scope) {
    case "whole":
    case "end-of-pass":
    case "part-of-pass":
      return true;
    case "training-data":
    case "part-of-evaluation":
    case "other-result":
    case undefined:
      return false;
  }
}

/** A block of lines that may repeat values: `***** eval metrics *****`. */
const repeatedBlock = /^\*{3,} .*\b(?:metrics|results) \*{3,}\s*$/iu;
const repeatedLine = /^wandb: /u;
/**
 * How far a line is indented: blanks before it and between a logger's prefix and its message. Further lines of a message have
 * no prefix, and items of a list count as indented.
 */
function indentOf(printed: string, message: string): number {
  const item = /^\s*[>*•-]\s/u.test(printed) ? 1 : 0;
  return printed.search(/\S/u) + item + message.search(/\S/u);
}

function indentOfLine(line: string): number {
  return indentOf(line, line.slice(logPrefixLength(line)));
}

/**
 * Decides which values of a metric are evaluations. These are not: a value that a progress bar repeats, the final
 * summary of a tracker, values of training data, and, for a metric that is also printed for whole passes over the data,
 * values of other single batches. Batches of evaluation data count only if a whole pass ended without a value.
 *
 * A value is of training data if its line says so: `Epoch: [21][175/179]`, `train: acc 0.9`, `{"split": "train"}`. The
 * name of a metric goes before its line: `train_acc` is what the user wants.
 */
export class EvaluationHistory {
  readonly #metrics = new Map<string, MetricHistory>();
  readonly #patterns: ReadonlyMap<string, string>;
  #isInBlock = false;
  /** What the lines after a line such as `Training:`, `"train": {` or `threshold:` are about that are indented further. */
  #heading: { section: Section | "other"; indent: number } | undefined;
  /** The section of the lines after a banner such as `===== Training =====`. */
  #banner: Section | undefined;
  #hasHeadings = false;

  /** @param patterns of the metrics that have one */
  constructor(patterns: ReadonlyMap<string, string> = new Map()) {
    this.#patterns = patterns;
  }

  /** Called for each line, in order. */
  startLine(printed: string): void {
    const isOpen = this.#isInBlock || this.#heading !== undefined;
    if (printed.trim() === "" || (!isOpen && endsInNumber(printed))) return;
    const line = printed.slice(logPrefixLength(printed));
    const indent = indentOf(printed, line);
    if (repeatedBlock.test(line)) this.#isInBlock = true;
    else if (indent === 0) this.#isInBlock = false;
    this.#noteHeading(line, indent);
  }

  #noteHeading(line: string, indent: number): void {
    const section = sectionOfHeading(line);
    if (isBanner(line)) this.#banner = section;
    const headed = section ?? (isHeadingOfOther(line) ? "other" : undefined);
    if (headed !== undefined) {
      this.#heading = { section: headed, indent };
      this.#hasHeadings = true;
    } else if (indent <= (this.#heading?.indent ?? 0)) this.#heading = undefined;
  }

  /** Whether a line without a value may change what the next ones mean. */
  get hasHeadings(): boolean {
    return this.#hasHeadings;
  }

  /** The section that a value belongs to, by its line or by the heading before it. */
  sectionOf(line: string, start: number, end = start): Section | undefined {
    const headed = this.#heading?.section;
    return sectionAt(line, start, end) ?? (headed === "other" ? undefined : headed);
  }

  scopeOf(value: ReadValue, line: string): ValueScope {
    const { metric, text, start } = value;
    const known = this.#historyOf(metric);
    const pattern = this.#patterns.get(metric);
    const isNamed = namesItsData(metric) || namesItsData(pattern ?? "");
    if (!isNamed && this.#isTrainingData(value, { line, known })) return "training-data";
    const end = start + text.length;
    const other =
      pattern === undefined ? this.#otherAt(line, { metric, start, end }, known) : undefined;
    if (other === "stated") return "other-result";
    const isSummary = this.#isInBlock || repeatedLine.test(line) || other === "best-so-far";
    if (isSummary && known.counted.has(text)) return undefined;
    return this.#scopeOfOther(value, { line, known });
  }

  #otherAt(
    line: string,
    value: Parameters<typeof otherResultAt>[1],
    known: MetricHistory,
  ): OtherResult | undefined {
    const isOther = this.#heading?.section === "other" || isOfPart(line, value.start, known);
    return isOther ? "stated" : otherResultAt(line, value);
  }

  #isTrainingData(
    { start, text }: ReadValue,
    { line, known }: { line: string; known: MetricHistory },
  ): boolean {
    const isBatch = isTrainingBatch(line);
    const section = isBatch ? undefined : this.sectionOf(line, start, start + text.length);
    if (!isBatch && section === undefined) return this.#isProbablyTraining(start, { line, known });
    if (section?.kind === "evaluation") known.evaluation ??= { line, word: section.word };
    if (!isBatch && section?.kind !== "training") return false;
    known.training ??= { line, word: section?.word };
    return true;
  }

  /** Once a program has named evaluation data, its lines that are probably about training data are taken for that. */
  #isProbablyTraining(
    start: number,
    { line, known }: { line: string; known: MetricHistory },
  ): boolean {
    const section = probableSectionAt(line, start) ?? this.#banner;
    if (section?.kind === "evaluation") known.evaluation ??= { line, word: section.word };
    if (section?.kind !== "training") return false;
    if (known.evaluation === undefined) {
      known.probableTraining ??= line;
      return false;
    }
    known.training ??= { line, word: section.word };
    return true;
  }

  /** The scope of a value that neither repeats another nor is of training data. */
  #scopeOfOther(
    value: ReadValue,
    { line, known }: { line: string; known: MetricHistory },
  ): LineScope | "part-of-evaluation" | undefined {
    const scope = scopeOfLine(line);
    if (scope === "part-of-pass" && isPartOfOpenPass(known, line)) return "part-of-evaluation";
    if (scope !== "whole") {
      if (known.shown === value.text) return undefined;
      known.shown = value.text;
    }
    const isEarlier = showsEarlierResult(line, value.metric);
    const isPart = scope === "part-of-pass" && !isEarlier;
    if (!isPart && known.hasPartial && isOfWholePass(scope, line)) known.firstWhole ??= line;
    if (!accepts(known, isPart)) return undefined;
    count(known, value, line);
    return isEarlier ? "whole" : scope;
  }

  /**
   * Called for each value that counts. Whether those of the metric before it do not count after all: they were probably of
   * training data, before the program named evaluation data, or of batches, before it printed the value of a whole pass.
   * True once for each reason.
   */
  withdrawsEarlier(metric: string): boolean {
    const known = this.#historyOf(metric);
    const isOfEvaluation = known.evaluation !== undefined && known.probableTraining !== undefined;
    const isWhole = known.firstWhole !== undefined;
    const isNew = (isOfEvaluation && !known.hasWithdrawn) || (isWhole && !known.hasWithdrawnParts);
    known.hasWithdrawn ||= isOfEvaluation;
    known.hasWithdrawnParts ||= isWhole;
    return isNew;
  }

  /** The first line about training data that has a metric. */
  trainingLineOf(metric: string): DataLine | undefined {
    return this.#metrics.get(metric)?.training;
  }

  findings(): Finding[] {
    return [...this.#metrics].flatMap(([metric, known]) => findingsOf(metric, known));
  }

  #historyOf(metric: string): MetricHistory {
    let known = this.#metrics.get(metric);
    if (known === undefined) {
      known = {
        indent: undefined,
        label: undefined,
        otherLabel: undefined,
        counted: new EarlierValues(),
        training: undefined,
        probableTraining: undefined,
        hasWithdrawn: false,
        firstWhole: undefined,
        hasWithdrawnParts: false,
        shown: undefined,
        hasPartial: false,
        hasWhole: false,
        evaluation: undefined,
        position: undefined,
        hasOpenPass: false,
      };
      this.#metrics.set(metric, known);
    }
    return known;
  }
}

const longestQuote = 200;

function quoted(line: string): string {
  return line.trim().slice(0, longestQuote);
}

function findingsOf(metric: string, known: MetricHistory): Finding[] {
  return [...labelFindings(metric, known), ...dataFindings(metric, known)];
}

function labelFindings(metric: string, { label, otherLabel }: MetricHistory): Finding[] {
  if (label === undefined || otherLabel === undefined) return [];
  return [{ rule: "metric-under-several-labels", metric, labels: [label, otherLabel] }];
}

function dataFindings(
  metric: string,
  { training, evaluation, probableTraining, hasWithdrawn }: MetricHistory,
): Finding[] {
  if (evaluation === undefined) return [];
  if (probableTraining !== undefined && hasWithdrawn) {
    const lines = { training: quoted(probableTraining), evaluation: quoted(evaluation.line) };
    return [{ rule: "training-values-withdrawn", metric, ...lines }];
  }
  if (training?.word === undefined || evaluation.word === undefined) return [];
  const words = { training: training.word, evaluation: evaluation.word };
  return [{ rule: "metric-in-several-sections", metric, ...words }];
}

/** The last batch of a bar is an evaluation only if the line is about evaluation data. */
function isOfWholePass(scope: LineScope, line: string): boolean {
  return scope === "whole" || /(?<!\p{L})(?:val|eval|test)/iu.test(line);
}

function count(known: MetricHistory, { metric, text }: ReadValue, line: string): void {
  known.counted.add(text);
  known.indent ??= indentOfLine(line);
  if (known.otherLabel !== undefined) return;
  const label = labelOfLine(line.slice(logPrefixLength(line)), metric);
  known.label ??= label;
  if (label !== known.label) known.otherLabel = label;
}

/** `  cat: acc 0.99` below `epoch 1: acc 0.85`: a value of one class, indented further than those of all. */
function isOfPart(line: string, start: number, { indent }: MetricHistory): boolean {
  if (indent === undefined) return false;
  return isLabelOfPart(line.slice(0, start)) && indentOfLine(line) > indent;
}

/** Whether a value counts: one of a part of a pass does not once a value of a whole pass was printed. */
function accepts(known: MetricHistory, isPartial: boolean): boolean {
  if (isPartial && known.hasWhole) return false;
  if (isPartial) known.hasPartial = true;
  else {
    known.hasWhole = known.hasPartial || known.position !== undefined;
    known.position = undefined;
  }
  return true;
}

/** Whether a value is of a part of a pass over evaluation data, and a value of the whole pass may follow. */
function isPartOfOpenPass(known: MetricHistory, line: string): boolean {
  const position = positionInEvaluation(line);
  if (position === undefined || known.hasOpenPass) return false;
  const isNextPass = known.position !== undefined && position <= known.position;
  if (isNextPass) known.hasOpenPass = true;
  known.position = position;
  return !isNextPass;
}
