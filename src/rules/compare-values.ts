import { isJsonObject, type JsonObject, type JsonValue } from "../foundation/json.ts";

/** Returns a number unchanged and a boolean as 1 or 0; returns undefined for other values. */
export function toNumber(value: JsonValue | undefined): number | undefined {
  if (typeof value === "number") return value;
  return typeof value === "boolean" ? Number(value) : undefined;
}

/** Compares numbers and booleans numerically and lists and objects deeply. Values of different types are unequal. */
export function equalValues(a: JsonValue, b: JsonValue): boolean {
  return equal(a, b, { nanEqualsNan: false });
}

/** Compares like `equalValues`, except that NaN equals NaN. */
export function sameValues(a: JsonValue, b: JsonValue): boolean {
  return equal(a, b, { nanEqualsNan: true });
}

function equal(a: JsonValue, b: JsonValue, how: { nanEqualsNan: boolean }): boolean {
  const [left, right] = [toNumber(a), toNumber(b)];
  if (left !== undefined && right !== undefined) {
    return left === right || (how.nanEqualsNan && Number.isNaN(left) && Number.isNaN(right));
  }
  if (isList(a) && isList(b)) {
    return a.length === b.length && a.every((item, index) => equal(item, b[index] ?? null, how));
  }
  if (isJsonObject(a) && isJsonObject(b)) return equalMembers(a, b, how);
  return a === b;
}

function equalMembers(a: JsonObject, b: JsonObject, how: { nanEqualsNan: boolean }): boolean {
  const names = Object.keys(a);
  if (names.length !== Object.keys(b).length) return false;
  return names.every(
    (name) => Object.hasOwn(b, name) && equal(a[name] ?? null, b[name] ?? null, how),
  );
}

/** Whether `a` is less than `b`; undefined if the types cannot be ordered. NaN is never less. */
export function isLess(a: JsonValue, b: JsonValue): boolean | undefined {
  const [left, right] = [toNumber(a), toNumber(b)];
  if (left !== undefined && right !== undefined) return left < right;
  if (typeof a === "string" && typeof b === "string") return compareCodePoints(a, b) < 0;
  return undefined;
}

/** Whether `a` is less than or equal to `b`; undefined if the types cannot be ordered. */
export function isAtMost(a: JsonValue, b: JsonValue): boolean | undefined {
  const [left, right] = [toNumber(a), toNumber(b)];
  if (left !== undefined && right !== undefined) return left <= right;
  if (typeof a === "string" && typeof b === "string") return compareCodePoints(a, b) <= 0;
  return undefined;
}

/** Compares by code point. JavaScript compares UTF-16 units, which sorts characters above U+FFFF before U+E000. */
function compareCodePoints(a: string, b: string): number {
  for (let at = 0; at < a.length && at < b.length; at++) {
    if (a.charCodeAt(at) === b.charCodeAt(at)) continue;
    return (a.codePointAt(at) ?? 0) - (b.codePointAt(at) ?? 0);
  }
  return a.length - b.length;
}

export function isList(value: JsonValue | undefined): value is readonly JsonValue[] {
  return Array.isArray(value);
}

/** False for null, false, 0, and empty strings, lists and objects. NaN is truthy. */
export function isTruthy(value: JsonValue): boolean {
  const number = toNumber(value);
  if (number !== undefined) return number !== 0;
  if (typeof value === "string" || isList(value)) return value.length > 0;
  return value !== null && Object.keys(value).length > 0;
}

/** Whether two lists contain the same strings the same number of times, in any order. */
export function haveSameItems(a: readonly JsonValue[], b: readonly JsonValue[]): boolean {
  if (a.length !== b.length) return false;
  const counts = new Map<JsonValue, number>();
  for (const item of a) counts.set(item, (counts.get(item) ?? 0) + 1);
  for (const item of b) counts.set(item, (counts.get(item) ?? 0) - 1);
  return [...counts].every(([item, count]) => typeof item === "string" && count === 0);
}
