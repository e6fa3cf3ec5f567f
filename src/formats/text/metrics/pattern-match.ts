import type { GroupSpan, LinearPattern } from "./linear-pattern.ts";
import { isQualifier } from "../names/match-name.ts";
import { type CommaStyle, nextNumber, type NumberToken } from "../numbers/read-number.ts";

/** Where a pattern for a metric matches a line. */
export type PatternMatch =
  | { kind: "none" }
  | { kind: "match"; span: GroupSpan }
  /** Inside a word, as `curacy: ` in `accuracy: `. */
  | { kind: "in-word"; span: GroupSpan; found: string }
  /** Only at the end of another metric's name, as `acc=` in `train_acc=`. */
  | { kind: "in-longer-name"; found: string }
  /** After words that make it different metrics, as `loss: ` in `aux loss: 0.1 | lm loss: 3.2`. */
  | { kind: "several"; span: GroupSpan; names: readonly string[] };

interface Start {
  kind: "word" | "qualified" | "in-word" | "in-longer-name";
  span: GroupSpan;
}

/** Finds the match of a pattern that begins at the start of a name, if there is one. */
export function findPattern(expression: Pick<LinearPattern, "find">, line: string): PatternMatch {
  const starts: Start[] = [];
  for (let from = 0; from <= line.length;) {
    const span = expression.find(line, from);
    if (span === undefined) break;
    const kind = kindOfStart(line, span.matchStart);
    if (kind === "word") return { kind: "match", span };
    starts.push({ kind, span });
    from = Math.max(span.end, span.matchStart + 1);
  }
  const qualified = starts.filter(({ kind }) => kind === "qualified");
  const first = qualified[0] ?? starts.find(({ kind }) => kind === "in-word") ?? starts[0];
  if (first === undefined) return { kind: "none" };
  const { kind, span } = first;
  const found = wordAround(line, span.matchStart);
  if (kind === "in-word") return { kind, span, found };
  if (kind === "in-longer-name") return { kind, found };
  const names = new Set(qualified.map((each) => qualifiedName(line, each.span.matchStart)));
  return names.size > 1 ? { kind: "several", span, names: [...names] } : { kind: "match", span };
}

function kindOfStart(line: string, at: number): Start["kind"] {
  if (!/\w/u.test(line[at] ?? " ")) return "word";
  const before = line.slice(Math.max(0, at - 40), at);
  // In `eval/validation/loss`, a pattern that begins with `validation` names the metric completely.
  const first = /^[A-Za-z]*/u.exec(line.slice(at))?.[0] ?? "";
  if (/[A-Za-z\d][_/-]$/u.test(before)) return isQualifier(first) ? "word" : "in-longer-name";
  if (/[\w/]$/u.test(before)) return "in-word";
  const word = /(\S+)\s+$/u.exec(before)?.[1];
  return word !== undefined && isQualifier(word) ? "qualified" : "word";
}

function qualifiedName(line: string, at: number): string {
  const before = /\S+\s+$/u.exec(line.slice(0, at))?.[0] ?? "";
  return before + wordAround(line, at);
}

function wordAround(line: string, at: number): string {
  const before = /[\w./@-]*$/u.exec(line.slice(0, at))?.[0] ?? "";
  const after = /^[\w./@-]*/u.exec(line.slice(at))?.[0] ?? "";
  return before + after;
}

/** The complete number that a group matches at least in part. */
export function numberAround(
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
