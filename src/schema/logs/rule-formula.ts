import type { JsonValue } from "../../foundation/json.ts";

// Apart from the schema that reads them, so that an engine that calculates with them loads no validator.

/**
 * A value that a rule computes from a line or from what it remembers. Numbers are doubles, and operands nest in the
 * order of calculation: some comparisons are exact.
 */
export type Term =
  | { const: JsonValue }
  | { infinity: true }
  | { list: Term[] }
  /** The line's value, its member of that name, or its element at that position. */
  | { value: true | string | number }
  | { meta: string; else?: JsonValue | undefined }
  /** What the state holds under that name; without `else`, a name that is not set cannot be evaluated. */
  | { state: string; else?: JsonValue | undefined }
  /** The line's timestamp: milliseconds, in edition 0.6 seconds. */
  | { time: true }
  | BinaryTerm
  | UnaryTerm
  | { if: Predicate; then: Term; else: Term }
  | { test: Predicate };

export const binaryOperators = [
  "add",
  "sub",
  "mul",
  "div",
  "mod",
  "pow",
  "min",
  "max",
  "item",
] as const;
export type BinaryOperator = (typeof binaryOperators)[number];
export const unaryOperators = ["abs", "ceil", "floor", "log2", "len", "toInt"] as const;
export type UnaryOperator = (typeof unaryOperators)[number];

/** One member, named after the operator. */
export type BinaryTerm = { [operator in BinaryOperator]?: [Term, Term] };
export type UnaryTerm = { [operator in UnaryOperator]?: [Term] };

export function isBinaryTerm(formula: object): formula is BinaryTerm {
  return binaryOperators.some((operator) => operator in formula);
}

export function isUnaryTerm(formula: object): formula is UnaryTerm {
  return unaryOperators.some((operator) => operator in formula);
}

/** Something that holds, does not hold, or cannot be evaluated. */
export type Predicate =
  | { all: Predicate[] }
  | { any: Predicate[] }
  | { not: Predicate }
  | { if: Predicate; then: Predicate; else?: Predicate | undefined }
  | { op: Comparison; left: Term; right: Term }
  | { op: "closeTo"; left: Term; right: Term; relative: number }
  | { op: Question; left: Term };

export const comparisons = ["eq", "ne", "lt", "le", "gt", "ge", "in", "sameItems"] as const;
export type Comparison = (typeof comparisons)[number];
export const questions = [
  "present",
  "truthy",
  "isInteger",
  "isIntegerLiteral",
  "isBoolean",
] as const;
export type Question = (typeof questions)[number];

/** The action of a rule after it has checked a line. */
export type Action = { when?: Predicate | undefined } & (
  | { set: string; to: Term }
  | { setNamed: Term; to: Term }
  | { append: string; element: Term }
  | { useRules: string; lowercase?: boolean | undefined; edition?: string | undefined }
  | { report: "score-seconds"; amount: Term }
);
