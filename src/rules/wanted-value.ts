import type { JsonValue } from "../foundation/json.ts";
import type { Predicate, Term } from "../schema/logs/rule-formula.ts";
import { toNumber } from "./compare-values.ts";
import { compileTerm } from "./compile-formula.ts";
import { isPlace, operandsOf } from "./describe-formula.ts";
import type { RuleContext, RuleLine } from "./rule-line.ts";

/** The value that a formula requires of a line, calculated from other lines. */
export interface WantedValue {
  bound: "equal" | "minimum" | "maximum";
  value: number;
}

/**
 * Solves a false comparison for the value of its line. Undefined if the comparison needs no calculation, or if it is
 * not linear in the value.
 */
export function wantedValue(predicate: Predicate, context: RuleContext): WantedValue | undefined {
  const { line } = context;
  if (line === undefined || !("op" in predicate) || !("right" in predicate)) return undefined;
  const comparison = withoutTolerance(predicate);
  const bound = boundOf(comparison.op);
  const { left, right } = comparison;
  if (bound === undefined || !readsState(left, right)) return undefined;
  if (isValue(left) && !readsValue(right)) return wanted(bound, compileTerm(right)(context));
  return solve(differenceOf(left, right, { ...context, line }), bound);
}

/** Solves `difference(value) = 0` if the difference is linear. */
function solve(
  difference: (value: number) => number | undefined,
  bound: WantedValue["bound"],
): WantedValue | undefined {
  const [atZero = Number.NaN, atOne = Number.NaN, atTwo = Number.NaN] = [0, 1, 2].map(difference);
  const slope = atOne - atZero;
  const isLinear = Math.abs(atTwo - atZero - 2 * slope) <= 1e-9 * Math.abs(slope);
  if (slope === 0 || !isLinear) return undefined;
  return wanted(slope < 0 ? opposite[bound] : bound, -atZero / slope);
}

interface PlainComparison {
  op: string;
  left: Term;
  right: Term;
}

/** `abs(a - b) < 1e-9` → `a = b`. */
function withoutTolerance(predicate: PlainComparison): PlainComparison {
  const { op, left, right } = predicate;
  if (op !== "lt" || !("abs" in left) || !("const" in right)) return predicate;
  const [inner] = left.abs;
  if (!("sub" in inner)) return predicate;
  return { op: "eq", left: inner.sub[0], right: inner.sub[1] };
}

function boundOf(op: string): WantedValue["bound"] | undefined {
  if (op === "eq" || op === "closeTo") return "equal";
  if (op === "ge" || op === "gt") return "minimum";
  return op === "le" || op === "lt" ? "maximum" : undefined;
}

const opposite = { equal: "equal", minimum: "maximum", maximum: "minimum" } as const;

function differenceOf(left: Term, right: Term, context: RuleContext & { line: RuleLine }) {
  const [first, second] = [compileTerm(left), compileTerm(right)];
  return (value: number): number | undefined => {
    const changed = { ...context, line: { ...context.line, value } };
    const a = numberOf(first(changed));
    const b = numberOf(second(changed));
    return a === undefined || b === undefined ? undefined : a - b;
  };
}

function wanted(
  bound: WantedValue["bound"],
  value: JsonValue | undefined,
): WantedValue | undefined {
  const number = numberOf(value);
  if (number === undefined || !Number.isFinite(number)) return undefined;
  // Powers and quotients end in rounding noise.
  return { bound, value: Number(number.toPrecision(12)) };
}

function numberOf(value: JsonValue | undefined): number | undefined {
  return value === undefined ? undefined : toNumber(value);
}

function isValue(term: Term): boolean {
  return "value" in term && term.value === true;
}

function readsValue(term: Term): boolean {
  return isValue(term) || operandsOf(term).some(readsValue);
}

/** A comparison with constants alone is stated in full by its description. */
function readsState(...terms: readonly Term[]): boolean {
  return terms.some(
    (term) => (isPlace(term) && "state" in term) || readsState(...operandsOf(term)),
  );
}
