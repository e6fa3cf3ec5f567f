import { isJsonObject, type JsonValue } from "../foundation/json.ts";
import type { BinaryOperator, UnaryOperator } from "../schema/logs/rule-formula.ts";
import { isLess, isList, toNumber } from "./compare-values.ts";

/** Calculates the result of an operator; returns undefined if it cannot be calculated. */
type Binary = (a: JsonValue, b: JsonValue) => JsonValue | undefined;
type Unary = (a: JsonValue) => JsonValue | undefined;

export const binaryCalculations: Record<BinaryOperator, Binary> = {
  add: arithmetic((a, b) => a + b),
  sub: arithmetic((a, b) => a - b),
  mul: arithmetic((a, b) => a * b),
  div: arithmetic((a, b) => (b === 0 ? undefined : a / b)),
  mod: arithmetic(remainder),
  pow: arithmetic((a, b) => (a === 0 && b < 0 ? undefined : a ** b)),
  // Returns the first operand if the operands are equal or one of them is NaN.
  min: (a, b) => {
    const secondIsLess = isLess(b, a);
    if (secondIsLess === undefined) return undefined;
    return secondIsLess ? b : a;
  },
  max: (a, b) => {
    const firstIsLess = isLess(a, b);
    if (firstIsLess === undefined) return undefined;
    return firstIsLess ? b : a;
  },
  item: (list, position) => (typeof position === "number" ? elementAt(list, position) : undefined),
};

export const unaryCalculations: Record<UnaryOperator, Unary> = {
  abs: ofNumber(Math.abs),
  ceil: ofNumber((a) => (Number.isFinite(a) ? Math.ceil(a) : undefined)),
  floor: ofNumber((a) => (Number.isFinite(a) ? Math.floor(a) : undefined)),
  log2: ofNumber((a) => (a <= 0 ? undefined : Math.log2(a))),
  len: lengthOf,
  toInt: wholeNumber,
};

function arithmetic(calculate: (a: number, b: number) => number | undefined): Binary {
  return (left, right) => {
    const [a, b] = [toNumber(left), toNumber(right)];
    return a === undefined || b === undefined ? undefined : calculate(a, b);
  };
}

/** The remainder with the sign of the divisor, as in Python. */
function remainder(a: number, b: number): number | undefined {
  if (b === 0) return undefined;
  const rest = a % b;
  return rest !== 0 && rest < 0 !== b < 0 ? rest + b : rest;
}

function ofNumber(calculate: (a: number) => number | undefined): Unary {
  return (operand) => {
    const a = toNumber(operand);
    return a === undefined ? undefined : calculate(a);
  };
}

function lengthOf(value: JsonValue): number | undefined {
  // Counts characters, not UTF-16 units.
  if (typeof value === "string") return Array.from(value).length;
  if (isList(value)) return value.length;
  return isJsonObject(value) ? Object.keys(value).length : undefined;
}

function wholeNumber(value: JsonValue): number | undefined {
  const number = toNumber(value);
  if (number !== undefined) return Number.isFinite(number) ? Math.trunc(number) : undefined;
  if (typeof value !== "string" || !/^\s*[+-]?\d+(?:_\d+)*\s*$/.test(value)) return undefined;
  return Number(value.replaceAll("_", ""));
}

/** Returns a list element or a string character by position, from 0. Negative positions count from the end. */
export function elementAt(list: JsonValue, position: number): JsonValue | undefined {
  if (!Number.isInteger(position)) return undefined;
  if (typeof list === "string") return Array.from(list).at(position);
  return isList(list) ? list.at(position) : undefined;
}

/** Returns an object member by name; undefined if it is missing or the value is not an object. */
export function memberOf(value: JsonValue | undefined, name: string): JsonValue | undefined {
  return isJsonObject(value) && Object.hasOwn(value, name) ? value[name] : undefined;
}
