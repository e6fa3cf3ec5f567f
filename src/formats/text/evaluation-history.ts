import type { Finding } from "../../schema/run/finding.ts";
import {
  isTrainingBatch,
  type LineScope,
  type Section,
  positionInEvaluation,
  sectionAt,
  scopeOfLine,
  showsEarlierResult,
} from "./line-scope.ts";

interface MetricHistory {
  count: number;
  /** The first line about a batch of training data that has the metric. */
  trainingBatch: string | undefined;
  /** The value that a progress bar shows, which it repeats with each update. */
  shown: string | undefined;
  hasPartial: boolean;
  /** Whether a value of a whole pass came after one of a part. */
  hasWhole: boolean;
  training: Section | undefined;
  evaluation: Section | undefined;
  /** The position of the newest value in a pass over evaluation data. */
  position: number | undefined;
  /** Whether a pass over evaluation data ended without a value of the whole pass. */
  hasOpenPass: boolean;
}

/** A value that was read from a line. */
interface ReadValue {
  metric: string;
  text: string;
  /** Index of its first character. */
  start: number;
}

/** A block of lines that repeats values: `***** eval metrics *****`. */
const repeatedBlock = /^\*{3,} .*\b(?:metrics|results) \*{3,}\s*$/iu;
const repeatedLine = /^wandb: /u;

/**
 * Decides which values of a metric are evaluations. These are not: a value that a progress bar repeats, the final
 * summary of a tracker, values on lines about a batch of training data (`Epoch: [21][175/179]`), and, for a metric that
 * is also printed for whole passes over the data, values of other single batches. Batches of evaluation data count only
 * if a whole pass ended without a value. If a metric is printed for training and for evaluation data, the values for
 * training data are not evaluations.
 */
export class EvaluationHistory {
  readonly #metrics = new Map<string, MetricHistory>();
  #isInBlock = false;

  /** Called for each line, in order. */
  startLine(line: string): void {
    if (repeatedBlock.test(line)) this.#isInBlock = true;
    else if (this.#isInBlock && !/^\s/u.test(line)) this.#isInBlock = false;
  }

  /**
   * Returns undefined, `training-batch` or `part-of-evaluation` if the value is not an evaluation; in the last case a
   * later line may have the value of the whole pass.
   */
  scopeOf(
    value: ReadValue,
    line: string,
  ): LineScope | "part-of-evaluation" | "training-batch" | undefined {
    const known = this.#historyOf(value.metric);
    if (!namesItsData(value.metric) && isTrainingBatch(line)) {
      known.trainingBatch ??= line;
      return "training-batch";
    }
    const isRepeated = this.#isInBlock || repeatedLine.test(line);
    if (isRepeated && known.count > 0) return undefined;
    return this.#scopeOfOther(value, { line, known });
  }

  /** The scope of a value that neither repeats another nor is of a batch of training data. */
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
    const isPartial = scope === "part-of-pass" && !isEarlier;
    if (!this.#accepts(known, { isPartial, section: sectionOf(value, line) })) return undefined;
    known.count += 1;
    return isEarlier ? "whole" : scope;
  }

  /** The first line about a batch of training data that has a metric. */
  trainingBatchOf(metric: string): string | undefined {
    return this.#metrics.get(metric)?.trainingBatch;
  }

  findings(): Finding[] {
    return [...this.#metrics].flatMap(([metric, { training, evaluation }]) =>
      training === undefined || evaluation === undefined
        ? []
        : [
            {
              rule: "metric-in-several-sections" as const,
              metric,
              training: training.word,
              evaluation: evaluation.word,
            },
          ],
    );
  }

  #accepts(
    known: MetricHistory,
    { isPartial, section }: { isPartial: boolean; section: Section | undefined },
  ): boolean {
    if (section?.kind === "training") {
      known.training ??= section;
      if (known.evaluation !== undefined) return false;
    }
    if (section?.kind === "evaluation") known.evaluation ??= section;
    if (isPartial && known.hasWhole) return false;
    if (isPartial) known.hasPartial = true;
    else {
      known.hasWhole = known.hasPartial || known.position !== undefined;
      known.position = undefined;
    }
    return true;
  }

  #historyOf(metric: string): MetricHistory {
    let known = this.#metrics.get(metric);
    if (known === undefined) {
      known = {
        count: 0,
        trainingBatch: undefined,
        shown: undefined,
        hasPartial: false,
        hasWhole: false,
        training: undefined,
        evaluation: undefined,
        position: undefined,
        hasOpenPass: false,
      };
      this.#metrics.set(metric, known);
    }
    return known;
  }
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

/** The section of a value whose metric does not name it. */
function sectionOf({ metric, start }: ReadValue, line: string): Section | undefined {
  return namesItsData(metric) ? undefined : sectionAt(line, start);
}

/** Whether the name of a metric says which data it is measured on: `train_loss`, `val_acc`. */
function namesItsData(metric: string): boolean {
  return /^(?:train|val|eval|test|dev)/iu.test(metric);
}
