import type { LoggedValue } from "../logged-value.ts";
import { type NumberToken, readNumberAt } from "../text/read-number.ts";

/** A number in a row of a table or in a JSON object, with its name. */
export interface RowCell {
  name: string;
  number: Pick<NumberToken, "value" | "suffix">;
}

/** Names of a row's step, in order of preference. */
const stepNames = [
  /^(?:_|global[_ ]?|train(?:er)?\/global_)?step$/iu,
  /^iter(?:ation)?$/iu,
  /^epoch$/iu,
];
/** Names of a time since the epoch. */
const timeName = /^_?(?:unix_?)?(?:time|timestamp|wall[_ ]?time)(?:_m?s)?$/iu;
/** Larger times since the epoch are in milliseconds: 10 ** 11 seconds are the year 5138. */
const maximumSeconds = 1e11;
/** Smaller numbers are durations: 10 ** 9 seconds since the epoch are in 2001. */
const minimumSeconds = 1e9;

/** The values of one row, with its step and its time if it has any. */
export function rowValues(cells: readonly RowCell[]): LoggedValue[] {
  const step = stepOf(cells);
  const timeMs = timeOf(cells);
  return cells.map(({ name, number: { value, suffix } }) => ({
    metric: name,
    value: suffix?.kind === "count" ? value * suffix.factor : value,
    step,
    timeMs,
    ...(suffix?.kind === "percent" ? { isPercent: true as const } : {}),
    ...(suffix?.kind === "time" ? { unitMs: suffix.unitMs } : {}),
  }));
}

/** The number that a text is as a whole; undefined for any other text. */
export function wholeNumber(text: string): NumberToken | undefined {
  const number = readNumberAt(text, 0, undefined);
  return number?.suffixEnd === text.length ? number : undefined;
}

function stepOf(cells: readonly RowCell[]): number | undefined {
  for (const name of stepNames) {
    const cell = cells.find((each) => name.test(each.name.trim()));
    if (cell !== undefined && Number.isFinite(cell.number.value)) return cell.number.value;
  }
  return undefined;
}

function timeOf(cells: readonly RowCell[]): number | undefined {
  const value = cells.find(({ name }) => timeName.test(name.trim()))?.number.value;
  if (value === undefined || !(value >= minimumSeconds)) return undefined;
  return value < maximumSeconds ? value * 1000 : value;
}
