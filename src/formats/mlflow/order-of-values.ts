import type { LoggedValue } from "../logged-value.ts";

/** MLflow accepts values in any order, and several at one step: sorts them by time, then by step. */
export function inOrderOfTime(values: readonly LoggedValue[]): LoggedValue[] {
  return values.toSorted(
    (left, right) =>
      (left.timeMs ?? 0) - (right.timeMs ?? 0) || (left.step ?? 0) - (right.step ?? 0),
  );
}
