import { readPairs } from "../pairs/read-pairs.ts";

/** The closest line to a metric that no line matched, and the metric to try instead. */
export interface MetricSuggestion {
  nearestLine?: string;
  /** A name for `--target`. */
  suggestion?: string;
}

/**
 * Finds the line that shares the most words with a metric's name and contains a number.
 *
 * @param lines visible text
 */
export function suggestMetric(metric: string, lines: readonly string[]): MetricSuggestion {
  const words = wordsOf(metric);
  let best: { line: string; score: number } | undefined;
  for (const line of lines) {
    const score = scoreOf(words, metric, line);
    if (score > 0 && (best === undefined || score > best.score)) best = { line, score };
  }
  if (best === undefined) return {};
  const suggestion = nearestName(words, metric, best.line);
  return { nearestLine: best.line, ...(suggestion === undefined ? {} : { suggestion }) };
}

function nearestName(words: readonly string[], metric: string, line: string): string | undefined {
  let best: { name: string; score: number } | undefined;
  for (const { name } of readPairs(line)) {
    if (isPlace.test(name)) continue;
    // The fewer additional words a name has, the better it matches.
    const score =
      scoreOf(words, metric, name) -
      wordsOf(name).length / 100 -
      (isTraining.test(name) ? 1 / 2 : 0);
    // A name that is the metric's is that of a value that did not count.
    if (name !== metric && score > 0 && (best === undefined || score > best.score))
      best = { name, score };
  }
  return best?.name;
}

const isTraining = /^train/iu;

/** The number after such a word tells when a value was measured: `accuracy after epoch 3`. */
const isPlace = /\b(?:epoch|step|iter(?:ation)?|batch|round|fold|after|at|in)\W*$/iu;

function wordsOf(text: string): string[] {
  return text
    .toLowerCase()
    .split(/[^\p{L}\d]+/u)
    .filter((word) => word.length > 0);
}

function scoreOf(words: readonly string[], metric: string, text: string): number {
  const lower = text.toLowerCase();
  const whole = lower.includes(metric.toLowerCase()) ? 1 : 0;
  return words.filter((word) => lower.includes(word)).length + whole;
}
