import {
  parseLinearPattern,
  type LinearPattern,
  type LinearPatternParse,
} from "./linear-pattern.ts";

const metacharacters = /[()[\]{}*+?\\|^$]/u;

/** A regular expression that reads one number from a line of a program's output. */
export interface MetricPattern {
  /** The name of the number: the group's name, otherwise the word before the group. */
  metric: string;
  /** As the user wrote it. */
  pattern: string;
  expression: LinearPattern;
  /** Text that every matching line contains, so that other lines need only one search; empty if there is none. */
  literal: string;
}

export type PatternParse =
  | { kind: "pattern"; pattern: MetricPattern }
  | Exclude<LinearPatternParse, { kind: "pattern" }>
  | { kind: "no-group" }
  | { kind: "no-name" };

/**
 * Compiles `val_acc=([0-9.]+)`. The first group matches the number. The metric is
 * named after the group (`(?<val_acc>…)`), otherwise after the identifier before the group.
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
    .match(/[\p{L}_][\p{L}\p{N}_./@-]*/gu)
    ?.at(-1)
    ?.replace(/[./@-]+$/u, "");
}

/** The literal text at the start of a pattern, if every match must contain it. */
function leadingLiteral(text: string): string {
  if (text.includes("|")) return "";
  const plain = /^[^\\^$.|?*+()[\]{}]*/u.exec(text)?.[0] ?? "";
  const isQuantified = /^[?*{]/u.test(text.slice(plain.length));
  const literal = isQuantified ? plain.slice(0, -1) : plain;
  return literal.length >= 2 ? literal : "";
}

/** Whether a text is the name of a metric (`val_acc`, `Acc@1`, `lm loss`), not a regular expression. */
export function isMetricName(text: string): boolean {
  return /\p{L}/u.test(text) && !metacharacters.test(text);
}
