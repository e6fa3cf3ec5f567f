import type { Finding } from "../../../schema/run/findings/finding.ts";
import { matchName } from "../names/match-name.ts";
import type { NamedNumber } from "../numbers/named-number.ts";
import type { EvaluationHistory } from "../sections/evaluation-history.ts";
import { isInOtherPass } from "../sections/line-scope.ts";
import { sectionAt, wordsOfSection } from "../sections/line-section.ts";
import { EvaluationNames } from "./evaluation-names.ts";

const maximumNames = 50;

/** Chooses the number of each metric among the named numbers of a line, by the names that the lines before it had. */
export class NamedPairs {
  readonly #history: Pick<EvaluationHistory, "sectionOf">;
  /** Metrics that were printed under exactly their name. */
  readonly #exact = new Set<string>();
  /** Those so far only on lines that show how far a pass is, as the bar of a training epoch. */
  readonly #inPass = new Set<string>();
  readonly #evaluationNames = new EvaluationNames();
  /** Metrics whose values so far were read under another name. */
  readonly #renamed = new Set<string>();
  readonly #longerNames = new Map<string, Set<string>>();
  /** The name on evaluation data that stands on the same line as the metric. */
  readonly #beside = new Map<string, string>();

  constructor(history: Pick<EvaluationHistory, "sectionOf">) {
    this.#history = history;
  }

  /** The number of a metric on a line; undefined if it has none. */
  pairOf(metric: string, line: string, pairs: readonly NamedNumber[]): NamedNumber | undefined {
    const { exact, last } = this.#namesakes(metric, pairs);
    const isExact = exact.length > 0;
    const isInPass = isExact && isInOtherPass(line);
    if (isExact && !isInPass && this.#evaluationNames.yields(metric)) this.#renamed.add(metric);
    if (this.#evaluationNames.nameOf(metric) !== undefined)
      return this.#evaluationNames.pairOf(metric, pairs);
    if (isExact) {
      (isInPass ? this.#inPass : this.#exact).add(metric);
      this.#noteBeside(metric, pairs);
      return exact.length > 1 ? evaluationOf(exact, line) : exact[0];
    }
    if (last !== undefined) return this.#exact.has(metric) ? undefined : last;
    return this.#pairInSection(metric, line, pairs) ?? this.#onEvaluationData(metric, pairs);
  }

  /** For metrics that have no number of their own, or only in training bars, whose values it replaces. */
  #onEvaluationData(metric: string, pairs: readonly NamedNumber[]): NamedNumber | undefined {
    if (this.#exact.has(metric)) return undefined;
    const found = this.#evaluationNames.pairOf(metric, pairs);
    if (found !== undefined && this.#inPass.delete(metric)) this.#renamed.add(metric);
    return found;
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

  /** Whether the newest value is the first under another name than those before it, which do not count then. True once. */
  takesOver(metric: string): boolean {
    return this.#renamed.delete(metric);
  }

  /** Names of other quantities that end with that of a metric: `train_acc` for `acc`. */
  longerNames(metric: string): string[] {
    return [...(this.#longerNames.get(metric) ?? [])];
  }

  /** What names say about how a metric was read. */
  findings(metric: string, isMatched: boolean): Finding[] {
    const read = this.#evaluationNames.nameOf(metric);
    if (read !== undefined) return [{ rule: "metric-read-from-other-name", metric, found: read }];
    // MXNet prints `accuracy=0.9` for batches and `Validation-accuracy=0.8` for evaluations.
    const onOtherLine = isMatched
      ? this.longerNames(metric).find((name) => isOnValidationData(name, metric))
      : undefined;
    const found = this.#beside.get(metric) ?? onOtherLine;
    return found === undefined ? [] : [{ rule: "metric-beside-evaluation-name", metric, found }];
  }

  /** Keras prints `accuracy: 0.9 - val_accuracy: 0.8`. */
  #noteBeside(metric: string, pairs: readonly NamedNumber[]): void {
    const found = pairs.find(({ name }) => isOnEvaluationData(name, metric))?.name;
    if (found !== undefined && !this.#beside.has(metric)) this.#beside.set(metric, found);
  }

  #addLongerName(metric: string, name: string): void {
    const known = this.#longerNames.get(metric) ?? new Set<string>();
    if (known.size < maximumNames) known.add(name);
    this.#longerNames.set(metric, known);
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
