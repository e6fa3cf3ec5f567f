import { isJsonObject, type JsonValue } from "../foundation/json.ts";
import {
  type Action,
  binaryOperators,
  isBinaryTerm,
  isUnaryTerm,
  type Predicate,
  type Term,
  unaryOperators,
} from "../schema/logs/rule-formula.ts";
import { isList } from "./compare-values.ts";

const signs: Record<string, string> = {
  add: "+",
  sub: "-",
  mul: "*",
  div: "/",
  mod: "mod",
  pow: "^",
  eq: "=",
  ne: "!=",
  lt: "<",
  le: "<=",
  gt: ">",
  ge: ">=",
  in: "in",
};

/** Formats a predicate in infix notation: `value >= 0.759 and value < 1`. */
export function describePredicate(predicate: Predicate): string {
  if ("all" in predicate) return predicate.all.map(describePart).join(" and ");
  if ("any" in predicate) return predicate.any.map(describePart).join(" or ");
  if ("not" in predicate) return `not ${describePart(predicate.not)}`;
  if ("op" in predicate) return describeTest(predicate);
  const otherwise = predicate.else === undefined ? "" : ` else ${describePart(predicate.else)}`;
  return `if ${describePart(predicate.if)} then ${describePart(predicate.then)}${otherwise}`;
}

function describePart(predicate: Predicate): string {
  const isSimple = "op" in predicate || "not" in predicate;
  return isSimple ? describePredicate(predicate) : `(${describePredicate(predicate)})`;
}

function describeTest(predicate: Extract<Predicate, { op: string }>): string {
  const left = describeTerm(predicate.left);
  if (!("right" in predicate)) return predicate.op === "truthy" ? left : `${predicate.op}(${left})`;
  const right = describeTerm(predicate.right);
  const sign = signs[predicate.op];
  if (sign !== undefined) return `${left} ${sign} ${right}`;
  const closeness = "relative" in predicate ? `, ${predicate.relative}` : "";
  return `${predicate.op}(${left}, ${right}${closeness})`;
}

export function describeTerm(term: Term): string {
  if ("const" in term) return describeValue(term.const);
  if ("infinity" in term) return "infinity";
  if ("list" in term) return `[${term.list.map(describeTerm).join(", ")}]`;
  if ("if" in term) {
    return `(if ${describePart(term.if)} then ${describeTerm(term.then)} else ${describeTerm(term.else)})`;
  }
  if ("test" in term) return `(${describePredicate(term.test)})`;
  return isPlace(term) ? describePlace(term) : describeCalculation(term);
}

/** A term that reads a line or the state stored from earlier lines. */
export type PlaceTerm = Extract<
  Term,
  { state: string } | { time: true } | { meta: string } | { value: unknown }
>;

export function isPlace(formula: Predicate | Term | Action): formula is PlaceTerm {
  return "state" in formula || "time" in formula || "meta" in formula || "value" in formula;
}

/** Formats the location that a term reads: `value.FID`, `metadata.epoch_num`, `state.in_block`, `time`. */
export function describePlace(place: PlaceTerm): string {
  if ("state" in place) return `state.${place.state}`;
  if ("time" in place) return "time";
  if ("meta" in place) return `metadata.${place.meta}`;
  if (place.value === true) return "value";
  return typeof place.value === "string" ? `value.${place.value}` : `value[${place.value}]`;
}

function describeCalculation(term: Term): string {
  const operator = [...binaryOperators, ...unaryOperators].find((name) => name in term) ?? "?";
  const operands = operandsOf(term).map(describeTerm);
  const sign = signs[operator];
  return sign === undefined
    ? `${operator}(${operands.join(", ")})`
    : `(${operands.join(` ${sign} `)})`;
}

/** Returns the operands of a calculation, or an empty list for other formulas. */
export function operandsOf(formula: object): readonly Term[] {
  if (isBinaryTerm(formula)) return binaryOperators.flatMap((operator) => formula[operator] ?? []);
  if (isUnaryTerm(formula)) return unaryOperators.flatMap((operator) => formula[operator] ?? []);
  return [];
}

/** Formats the effect of an action: `state.first_init_start := min(state.first_init_start, time)`. */
export function describeAction(action: Action): string {
  if ("set" in action) return `state.${action.set} := ${describeTerm(action.to)}`;
  if ("setNamed" in action)
    return `state[${describeTerm(action.setNamed)}] := ${describeTerm(action.to)}`;
  if ("append" in action) return `state.${action.append} += ${describeTerm(action.element)}`;
  if ("report" in action) return `${action.report} := ${describeTerm(action.amount)}`;
  return `rules ${action.useRules}`;
}

const longestList = 12;
const longestText = 200;

function describeValue(value: JsonValue): string {
  return JSON.stringify(shorten(value));
}

/** Shortens a value for display: truncates and marks long lists and strings; formats NaN and infinities as strings. */
export function shorten(value: JsonValue): JsonValue {
  if (typeof value === "number") return Number.isFinite(value) ? value : String(value);
  if (typeof value === "string") {
    return value.length <= longestText
      ? value
      : `${value.slice(0, longestText)}… (${value.length} characters)`;
  }
  if (isList(value)) {
    const shown = value.slice(0, longestList).map(shorten);
    return value.length <= longestList ? shown : [...shown, `… (${value.length} items)`];
  }
  if (!isJsonObject(value)) return value;
  const members = Object.entries(value).slice(0, longestList);
  return Object.fromEntries(members.map(([name, member]) => [name, shorten(member)]));
}
