import type { JsonValue } from "../../foundation/json.ts";
import { formatSignificant } from "../../foundation/units.ts";

/** What stood in a formula's places: `value`, `metadata.epoch_num`, `state.in_block`, `time`. */
export type Seen = Readonly<Record<string, JsonValue>>;

/** A value of a log for people: texts in backticks, numbers to eight digits. */
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

/** The same of names, in backticks. */
export function joinNames(names: readonly string[], last: string): string {
  return joinWords(
    names.map((name) => `\`${name}\``),
    last,
  );
}

/** A place of a formula by the name that the log has for it. */
export function bareName(place: string): string {
  return place.replace(/^(?:state|metadata|value)\./u, "");
}
