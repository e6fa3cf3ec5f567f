import type { RuleFinding } from "../../schema/logs/rule-finding.ts";
import { bareName, joinWords, type Seen, valueText } from "./describe-value.ts";

/** The value that a formula requires. */
export type WantedText = NonNullable<Extract<RuleFinding, { rule: "check-failed" }>["wanted"]>;

interface Formula {
  key: string;
  expected: string;
  wanted: WantedText | undefined;
}

/** Describes formulas that contain arithmetic, using the key names of the log. */
export function describeArithmetic({ key, expected, wanted }: Formula, seen: Seen): string {
  const due = seen["state.learning_rate"];
  if (typeof due === "number") {
    return `is ${valueText(seen["value"] ?? null)}; must be \`${learningRate}\`, which is ${valueText(due)}`;
  }
  const operands = Object.entries(seen)
    .filter(([place]) => place !== "value")
    .map(([place, value]) => `\`${bareName(place)}\` ${valueText(value)}`);
  const given = operands.length === 0 ? "" : `, with ${joinWords(operands, "and")}`;
  const near = /^abs\(\(value - (.+)\)\) < ([\d.e-]+)$/u.exec(expected);
  const formula = near?.[1] ?? /^value = (\(.+\))$/u.exec(expected)?.[1];
  if (formula !== undefined) {
    const result = wantedText(wanted, ["", ", which is "]);
    return `is ${valueText(seen["value"] ?? null)}; must be ${result}\`${plainFormula(formula, key)}\`${given}`;
  }
  const own = "value" in seen ? `is ${valueText(seen["value"] ?? null)}; ` : "";
  const result = wantedText(wanted, ["be ", " to "]);
  return `${own}must ${result}satisfy \`${plainFormula(expected, key)}\`${given}`;
}

/** The calculated value between two words; empty without one. */
function wantedText(
  wanted: WantedText | undefined,
  [before, after]: readonly [string, string],
): string {
  if (wanted === undefined) return "";
  const limit = { equal: "", minimum: "at least ", maximum: "at most " }[wanted.bound];
  return `${before}${limit}${valueText(wanted.value)}${after}`;
}

/** The learning rate of edition 6.1. It is computed from the batch size and never logged. */
const learningRate = "0.000001 * (global_batch_size / 256) ^ 0.5";

function plainFormula(formula: string, key: string): string {
  const sides = /^(?<left>.+) (?<sign>=|!=|<=|>=|<|>) (?<right>.+)$/u.exec(formula)?.groups;
  const { left = "", sign, right = "" } = sides ?? {};
  if (isBalanced(left) && isBalanced(right) && sign !== undefined) {
    return `${plainFormula(left, key)} ${sign} ${plainFormula(right, key)}`;
  }
  return withoutDoubledBrackets(formula)
    .replaceAll(/\b(?:state|metadata)\./gu, "")
    .replaceAll(/\bvalue\b/gu, key);
}

/** `(a / b)` → `a / b`, and `ceil((a / b))` → `ceil(a / b)`. */
function withoutDoubledBrackets(formula: string): string {
  const bare = /^\((.*)\)$/u.exec(formula)?.[1];
  const text = bare !== undefined && isBalanced(bare) ? bare : formula;
  return text.replaceAll(/\b(ceil|floor|abs|log2)\(\(([^()]*)\)\)/gu, "$1($2)");
}

function isBalanced(text: string): boolean {
  let depth = 0;
  for (const character of text) {
    if (character === "(") depth++;
    if (character === ")") depth--;
    if (depth < 0) return false;
  }
  return depth === 0;
}
