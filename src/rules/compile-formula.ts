import { isJsonObject, type JsonValue } from "../foundation/json.ts";
import {
  binaryOperators,
  type Comparison,
  isBinaryTerm,
  isUnaryTerm,
  type Predicate,
  type Question,
  type Term,
  unaryOperators,
} from "../schema/logs/rule-formula.ts";
import { binaryCalculations, elementAt, memberOf, unaryCalculations } from "./calculate.ts";
import {
  equalValues,
  haveSameItems,
  isAtMost,
  isLess,
  isList,
  isTruthy,
  toNumber,
} from "./compare-values.ts";
import type { RuleContext } from "./rule-line.ts";

/** A compiled term. It returns undefined on an evaluation error: a missing value or a value of the wrong type. */
export type CompiledTerm = (context: RuleContext) => JsonValue | undefined;
/** A compiled predicate. It returns undefined on an evaluation error. */
export type CompiledPredicate = (context: RuleContext) => boolean | undefined;

export function compileTerm(term: Term): CompiledTerm {
  return compilePlace(term) ?? compileCalculation(term) ?? compileChoice(term);
}

/** Compiles terms that read a line, the state or a constant. */
function compilePlace(term: Term): CompiledTerm | undefined {
  if ("const" in term) return () => term.const;
  if ("infinity" in term) return () => Number.POSITIVE_INFINITY;
  if ("state" in term) return compileState(term.state, term.else);
  if ("time" in term) return ({ line }) => line?.time;
  if ("meta" in term) return compileMeta(term.meta, term.else);
  if (!("value" in term)) return undefined;
  const part = term.value;
  if (part === true) return ({ line }) => line?.value;
  if (typeof part === "string") return ({ line }) => memberOf(line?.value, part);
  return ({ line }) => (line === undefined ? undefined : elementAt(line.value, part));
}

function compileState(name: string, otherwise: JsonValue | undefined): CompiledTerm {
  if (otherwise === undefined) return ({ state }) => state.get(name);
  return ({ state }) => {
    const value = state.get(name);
    return value === undefined ? otherwise : value;
  };
}

function compileMeta(name: string, otherwise: JsonValue | undefined): CompiledTerm {
  if (otherwise === undefined) return ({ line }) => memberOf(line?.metadata, name);
  return ({ line }) =>
    isJsonObject(line?.metadata) ? (memberOf(line.metadata, name) ?? otherwise) : undefined;
}

/** Compiles terms that calculate with other terms. */
function compileCalculation(term: Term): CompiledTerm | undefined {
  if (isBinaryTerm(term)) {
    for (const operator of binaryOperators) {
      const operands = term[operator];
      if (operands !== undefined) return compileBinary(binaryCalculations[operator], operands);
    }
  }
  if (isUnaryTerm(term)) {
    for (const operator of unaryOperators) {
      const operands = term[operator];
      if (operands !== undefined) return compileUnary(unaryCalculations[operator], operands[0]);
    }
  }
  return undefined;
}

function compileUnary(
  calculate: (a: JsonValue) => JsonValue | undefined,
  operand: Term,
): CompiledTerm {
  const inner = compileTerm(operand);
  return (context) => {
    const value = inner(context);
    return value === undefined ? undefined : calculate(value);
  };
}

function compileBinary(
  calculate: (a: JsonValue, b: JsonValue) => JsonValue | undefined,
  operands: readonly [Term, Term],
): CompiledTerm {
  const left = compileTerm(operands[0]);
  const right = compileTerm(operands[1]);
  return (context) => {
    const a = left(context);
    const b = right(context);
    return a === undefined || b === undefined ? undefined : calculate(a, b);
  };
}

function compileChoice(term: Term): CompiledTerm {
  if ("list" in term) return compileList(term.list);
  if ("test" in term) return compilePredicate(term.test);
  if (!("if" in term)) throw new Error(`a term of no known kind: ${JSON.stringify(term)}`);
  const condition = compilePredicate(term.if);
  const [yes, no] = [compileTerm(term.then), compileTerm(term.else)];
  return (context) => {
    const holds = condition(context);
    if (holds === undefined) return undefined;
    return holds ? yes(context) : no(context);
  };
}

function compileList(terms: readonly Term[]): CompiledTerm {
  const items = terms.map(compileTerm);
  return (context) => {
    const list: JsonValue[] = [];
    for (const item of items) {
      const value = item(context);
      if (value === undefined) return undefined;
      list.push(value);
    }
    return list;
  };
}

export function compilePredicate(predicate: Predicate): CompiledPredicate {
  if ("op" in predicate) return compileTest(predicate);
  if ("all" in predicate) return compileAll(predicate.all);
  if ("any" in predicate) return compileAny(predicate.any);
  if ("not" in predicate) {
    const inner = compilePredicate(predicate.not);
    return (context) => {
      const holds = inner(context);
      return holds === undefined ? undefined : !holds;
    };
  }
  const condition = compilePredicate(predicate.if);
  const yes = compilePredicate(predicate.then);
  const no = predicate.else === undefined ? () => true : compilePredicate(predicate.else);
  return (context) => {
    const holds = condition(context);
    if (holds === undefined) return undefined;
    return holds ? yes(context) : no(context);
  };
}

/** True if all predicates are true. Stops at the first one that is false or cannot be evaluated. */
export function compileAll(predicates: readonly Predicate[]): CompiledPredicate {
  const parts = predicates.map(compilePredicate);
  return (context) => {
    for (const part of parts) {
      const holds = part(context);
      if (holds !== true) return holds;
    }
    return true;
  };
}

function compileAny(predicates: readonly Predicate[]): CompiledPredicate {
  const parts = predicates.map(compilePredicate);
  return (context) => {
    for (const part of parts) {
      const holds = part(context);
      if (holds !== false) return holds;
    }
    return false;
  };
}

function compileTest(predicate: Extract<Predicate, { op: string }>): CompiledPredicate {
  if ("relative" in predicate) {
    const { relative } = predicate;
    return compileComparison(predicate, (a, b) => isClose(a, b, relative));
  }
  if ("right" in predicate) return compileComparison(predicate, comparisonsByName[predicate.op]);
  if (predicate.op === "present") return compilePresent(predicate.left);
  const question = questionsByName[predicate.op];
  const left = compileTerm(predicate.left);
  return (context) => {
    const value = left(context);
    return value === undefined ? undefined : question(value, context);
  };
}

function compileComparison(
  { left, right }: { left: Term; right: Term },
  compare: (a: JsonValue, b: JsonValue) => boolean | undefined,
): CompiledPredicate {
  const [first, second] = [compileTerm(left), compileTerm(right)];
  return (context) => {
    const a = first(context);
    const b = second(context);
    return a === undefined || b === undefined ? undefined : compare(a, b);
  };
}

const comparisonsByName: Record<Comparison, (a: JsonValue, b: JsonValue) => boolean | undefined> = {
  eq: equalValues,
  ne: (a, b) => !equalValues(a, b),
  lt: isLess,
  le: isAtMost,
  gt: (a, b) => isLess(b, a),
  ge: (a, b) => isAtMost(b, a),
  in: (a, list) => (isList(list) ? list.some((member) => equalValues(a, member)) : undefined),
  sameItems: (a, b) => (isList(a) && isList(b) ? haveSameItems(a, b) : undefined),
};

function isClose(left: JsonValue, right: JsonValue, relative: number): boolean | undefined {
  const [a, b] = [toNumber(left), toNumber(right)];
  if (a === undefined || b === undefined) return undefined;
  if (a === b) return true;
  if (!Number.isFinite(a) || !Number.isFinite(b)) return false;
  return Math.abs(a - b) <= relative * Math.max(Math.abs(a), Math.abs(b));
}

type Answer = (value: JsonValue, context: RuleContext) => boolean | undefined;

const questionsByName: Record<Exclude<Question, "present">, Answer> = {
  truthy: isTruthy,
  isBoolean: (value) => typeof value === "boolean",
  isInteger: (value) => {
    const number = toNumber(value);
    if (number === undefined || !Number.isFinite(number)) return undefined;
    return Math.abs(Math.round(number) - number) < 0.00001;
  },
  isIntegerLiteral: (value, { line }) => {
    if (typeof value === "boolean") return true;
    // The notation of a number is known only for the line's own value.
    return Number.isInteger(value) && !(line?.value === value && line.valueWrittenAsFloat);
  },
};

/** Whether a name is present: as an object member, as a list item, or as a substring. */
function compilePresent(place: Term): CompiledPredicate {
  if ("meta" in place) return ({ line }) => isPresent(line?.metadata, place.meta);
  if ("value" in place && typeof place.value === "string") {
    const name = place.value;
    return ({ line }) => isPresent(line?.value, name);
  }
  const term = compileTerm(place);
  return (context) => (term(context) === undefined ? undefined : true);
}

function isPresent(container: JsonValue | undefined, name: string): boolean | undefined {
  if (typeof container === "string") return container.includes(name);
  if (isList(container)) return container.some((member) => member === name);
  return isJsonObject(container) ? Object.hasOwn(container, name) : undefined;
}
