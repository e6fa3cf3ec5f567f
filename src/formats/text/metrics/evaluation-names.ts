import { namesItsData } from "../sections/line-section.ts";
import { isQualifier } from "../names/match-name.ts";
import type { NamedNumber } from "../numbers/named-number.ts";

const words = "val(?:id(?:ation)?)?|eval(?:uation)?|test|dev";
/** Before the name of a metric: `eval_`, `Validation `, `valid_0's `, `Eval metrics/eval/`, `metrics.val.`. */
const evaluationPrefix = new RegExp(
  String.raw`^(?:[\w ]*metrics[/.])?(?:the\s+)?(?<word>${words})(?:[ _](?:set|split|metrics?))?(?:_?\d+)?(?:'s)?[_/ .:-]+$`,
  "iu",
);
/** After it: `acc/val`, `acc_test`, `acc (val)`, `accuracy on the test images`. */
const evaluationSuffix = new RegExp(
  String.raw`^(?:(?:[_/ .-]+|\s*\()|\s+(?:on|for|over|in)\s+(?:the\s+)?)(?<word>${words})\)?(?:\s+(?:data(?:set)?|set|split|images|samples|examples))?$`,
  "iu",
);
/** `f1-score (micro avg)`. */
const variant = /^\s*\([^()\d]*\)$/u;

/** So many numbers are read under a name before it is kept. */
const fewestToKeep = 3;
const means = /^(?:avg|average|mean|micro|macro|weighted)$/iu;

/**
 * The printed names that are read for metrics which the program prints under no name of their own: `eval_accuracy` for
 * `accuracy`, because a target is about evaluations. The first such name of a metric is kept.
 */
export class EvaluationNames {
  readonly #nameOf = new Map<string, string>();
  /** How many numbers were read under it. */
  readonly #counts = new Map<string, number>();

  /** The name that is read for a metric; undefined before there is one. */
  nameOf(metric: string): string | undefined {
    return this.#nameOf.get(metric);
  }

  /** The number that is read for a metric, among those of a line without the metric itself. */
  pairOf(metric: string, pairs: readonly NamedNumber[]): NamedNumber | undefined {
    const known = this.#nameOf.get(metric);
    if (known === undefined && namesItsData(metric)) return undefined;
    const found =
      known === undefined ? nearest(metric, pairs) : pairs.find(({ name }) => name === known);
    if (found === undefined) return undefined;
    this.#nameOf.set(metric, found.name);
    this.#counts.set(metric, (this.#counts.get(metric) ?? 0) + 1);
    return found;
  }

  /**
   * The metric is printed under its own name. Whether that is read from now on instead: programs such as nanoGPT evaluate
   * before the first step, others repeat the last evaluation at the end.
   */
  yields(metric: string): boolean {
    if ((this.#counts.get(metric) ?? 0) >= fewestToKeep) return false;
    return this.#nameOf.delete(metric);
  }
}

/** Validation goes before other data. */
function nearest(metric: string, pairs: readonly NamedNumber[]): NamedNumber | undefined {
  const candidates = pairs.flatMap((pair) => {
    const word = wordAround(pair.name, metric);
    return word === undefined ? [] : [{ pair, word }];
  });
  const validation = candidates.find(({ word }) => /^val/iu.test(word));
  return (validation ?? candidates[0])?.pair;
}

/** What a name says beside that of the metric: the data that it is about, or which variant it is. */
function wordAround(name: string, metric: string): string | undefined {
  const at = name.toLowerCase().indexOf(metric.toLowerCase());
  if (at === -1) return undefined;
  const [before, after] = [name.slice(0, at), name.slice(at + metric.length)];
  if (after === "") return evaluationPrefix.exec(before)?.groups?.["word"];
  if (before !== "") return undefined;
  const word = evaluationSuffix.exec(after)?.groups?.["word"];
  if (word !== undefined || !variant.test(after)) return word;
  // `acc (train)` and `acc (best)` are no evaluations.
  return after.split(/[^\p{L}]+/u).some((each) => isQualifier(each) && !means.test(each))
    ? undefined
    : after;
}
