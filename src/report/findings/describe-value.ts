import type { JsonValue } from "../../foundation/json.ts";
import { formatSignificant } from "../../foundation/numbers/units.ts";

/** The values of a formula's variables: `value`, `metadata.epoch_num`, `state.in_block`, `time`. */
export type Seen = Readonly<Record<string, JsonValue>>;

/** Formats a logged value: strings in backticks, numbers with at most eight digits. */
export function valueText(value: JsonValue): string {
  if (typeof value === "number") {
    const text = String(value);
    return Number.isInteger(value) || text.length <= 10 ? text : formatSignificant(value, 8);
  }
  return typeof value === "string" ? `\`${value}\`` : JSON.stringify(value);
}

/** `a, b or c`. */
export function joinWords(words: readonly string[], last: string): string {
  return words.length <= 1
    ? words.join("")
    : `${words.slice(0, -1).join(", ")} ${last} ${words.at(-1)}`;
}

/** Joins names in backticks. */
export function joinNames(names: readonly string[], last: string): string {
  return joinWords(
    names.map((name) => `\`${name}\``),
    last,
  );
}

/** The log's own name for a variable of a formula. */
export function bareName(place: string): string {
  return place.replace(/^(?:state|metadata|value)\./u, "");
}
