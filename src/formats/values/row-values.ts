import type { LoggedValue } from "../logged-value.ts";
import { type Section, sectionOfField } from "../text/sections/line-section.ts";
import { isLabelKey, isValueKey } from "../text/pairs/read-dictionary.ts";
import { type NumberToken, readNumberAt } from "../text/numbers/read-number.ts";

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

/**
 * The values of one row, with its step and its time if it has any.
 *
 * @param section the data that the row says it is about; its step and its time are the same for all data
 */
export function rowValues(cells: readonly RowCell[], section?: Section): LoggedValue[] {
  const step = stepOf(cells);
  const timeMs = timeOf(cells);
  return cells.map(({ name, number: { value, suffix } }) => ({
    metric: name,
    value: suffix?.kind === "count" ? value * suffix.factor : value,
    step,
    timeMs,
    ...(section === undefined || isStepOrTime(name) ? {} : { section }),
    ...(suffix?.kind === "percent" ? { isPercent: true as const } : {}),
    ...(suffix?.kind === "time" ? { unitMs: suffix.unitMs } : {}),
  }));
}

/** A cell with a text. */
export interface TextCell {
  name: string;
  text: string;
}

/** The values of a row that also has texts, which may say what its numbers are about. */
export function valuesOfRow(cells: readonly RowCell[], texts: readonly TextCell[]): LoggedValue[] {
  return rowValues([...cells, ...namedByTexts(cells, texts)], sectionOfTexts(texts));
}

/** The section that a text of a row names, such as `val` in the column `split`. */
function sectionOfTexts(texts: readonly TextCell[]): Section | undefined {
  for (const { name, text } of texts) {
    const section = sectionOfField(`${name}: ${text}`);
    if (section !== undefined) return section;
  }
  return undefined;
}

/** In tables with one value per row, a column names the metric: `step,metric,value`. The value gets this name too. */
function namedByTexts(cells: readonly RowCell[], texts: readonly TextCell[]): RowCell[] {
  const [label, otherLabel] = texts.filter(({ name }) => isLabelKey(name.trim()));
  const [value, otherValue] = cells.filter(({ name }) => isValueKey(name.trim()));
  const isOne = otherLabel === undefined && otherValue === undefined;
  return isOne && label !== undefined && value !== undefined
    ? [{ name: label.text, number: value.number }]
    : [];
}

/** Whether a name is that of a step or a time, which a row has in common for all data. */
export function isStepOrTime(name: string): boolean {
  const trimmed = name.trim();
  return timeName.test(trimmed) || stepNames.some((each) => each.test(trimmed));
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
