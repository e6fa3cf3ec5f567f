import {
  parseLinearPattern,
  type LinearPattern,
  type LinearPatternParse,
} from "./linear-pattern.ts";

/** A regular expression that reads one number from a line of a program's output. */
export interface MetricPattern {
  /** What the number is called: the group's name, else the word before the group. */
  metric: string;
  /** As the user wrote it. */
  pattern: string;
  expression: LinearPattern;
  /** Text that every matching line holds, so that other lines cost one search; empty if there is none. */
  literal: string;
}

export type PatternParse =
  | { kind: "pattern"; pattern: MetricPattern }
  | Exclude<LinearPatternParse, { kind: "pattern" }>
  | { kind: "no-group" }
  | { kind: "no-name" };

/**
 * Compiles `val_acc=([0-9.]+)`. The first group holds the number. The metric is
 * called like the group (`(?<val_acc>…)`), else like the identifier before the group.
 */
export function parseMetricPattern(text: string): PatternParse {
  const parsed = parseLinearPattern(text);
  if (parsed.kind !== "pattern") return parsed;
  const expression = parsed.pattern;
  if (expression.groupCount === 0) return { kind: "no-group" };
  const metric = metricName(text);
  if (metric === undefined) return { kind: "no-name" };
  return {
    kind: "pattern",
    pattern: { metric, pattern: text, expression, literal: leadingLiteral(text) },
  };
}

/** The number a line holds for this pattern; NaN and infinities in any common spelling. */
export function readMetric(
  pattern: MetricPattern,
  line: string,
): { text: string; value: number } | undefined {
  if (pattern.literal !== "" && !line.includes(pattern.literal)) return undefined;
  const text = pattern.expression.exec(line)?.[1];
  if (text === undefined) return undefined;
  return { text, value: toNumber(text) };
}

const infinities = /^([+-]?)inf(?:inity)?$/iu;

/** Plain, grouped (`1,234.5`, `1_000`) and percent-free numbers; anything else is NaN. */
function toNumber(text: string): number {
  const trimmed = text.trim();
  const sign = infinities.exec(trimmed)?.[1];
  if (sign !== undefined) return sign === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
  if (!/\d/u.test(trimmed)) return Number.NaN;
  // `0.94.` and `0.94,` come from greedy patterns at the end of a sentence.
  return Number(trimmed.replace(/[.,;:]+$/u, "").replaceAll(/(?<=\d)[,_](?=\d{3}(?:\D|$))/gu, ""));
}

function metricName(text: string): string | undefined {
  const named = /\(\?<([A-Za-z_$][\w$]*)>/u.exec(text)?.[1];
  if (named !== undefined) return named;
  const group = text.search(/(?<!\\)\((?!\?)/u);
  const before = text
    .slice(0, Math.max(group, 0))
    .replaceAll(/\\[^\w/.@-]/gu, " ")
    .replaceAll(/\\[sdwbSDWB][*+?]?|\[[^\]]*\][*+?]?|\(\?[:=!]|[()|]/gu, " ")
    .replaceAll("\\", "");
  return before
    .match(/[A-Za-z_][\w./@-]*/gu)
    ?.at(-1)
    ?.replace(/[./@-]+$/u, "");
}

/** The plain text that a pattern begins with, so long as no alternative can avoid it. */
function leadingLiteral(text: string): string {
  if (text.includes("|")) return "";
  const plain = /^[^\\^$.|?*+()[\]{}]*/u.exec(text)?.[0] ?? "";
  const isQuantified = /^[?*{]/u.test(text.slice(plain.length));
  const literal = isQuantified ? plain.slice(0, -1) : plain;
  return literal.length >= 2 ? literal : "";
}

/**
 * The line that comes nearest to what a pattern wants: the one that shares most words with the
 * metric's name and holds a number. For the message about a metric that never matches.
 */
export function nearestLine(metric: string, lines: readonly string[]): string | undefined {
  const words = metric
    .toLowerCase()
    .split(/[^a-z0-9]+/u)
    .filter((word) => word.length > 0);
  let best: { line: string; score: number } | undefined;
  for (const line of lines) {
    if (!/\d/u.test(line)) continue;
    const lower = line.toLowerCase();
    const score =
      words.filter((word) => lower.includes(word)).length +
      (lower.includes(metric.toLowerCase()) ? 1 : 0);
    if (score > 0 && (best === undefined || score > best.score)) best = { line, score };
  }
  return best?.line;
}
