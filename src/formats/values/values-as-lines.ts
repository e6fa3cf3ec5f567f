import type { LoggedValue } from "../logged-value.ts";

/** The values that a tracker logged together, as a line of text. */
export interface ValueLine {
  /** With its line end. */
  text: string;
  timeMs: number | undefined;
}

/**
 * Converts the values of a tracker to lines of JSON, one for each time and step, so that a record's log shows them as
 * text. Numbers keep their full precision; NaN and infinities are written as Python writes them.
 */
export function* valuesAsLines(values: readonly LoggedValue[]): Generator<ValueLine> {
  let group: LoggedValue[] = [];
  for (const value of values) {
    const [first] = group;
    const isSame =
      first === undefined ||
      (first.step === value.step &&
        first.timeMs === value.timeMs &&
        isOneSection(group, value) &&
        group.every(({ metric }) => metric !== value.metric));
    if (!isSame) {
      yield lineOf(group);
      group = [];
    }
    group.push(value);
  }
  if (group.length > 0) yield lineOf(group);
}

/** Steps and times belong to all sections. */
function isOneSection(group: readonly LoggedValue[], { section }: LoggedValue): boolean {
  const known = group.find((value) => value.section !== undefined)?.section;
  return known === undefined || section === undefined || known.word === section.word;
}

function lineOf(group: readonly LoggedValue[]): ValueLine {
  const [first] = group;
  const step = first?.step === undefined ? [] : [`"step": ${first.step}`];
  const word = group.find(({ section }) => section !== undefined)?.section?.word;
  const split = word === undefined ? [] : [`"split": ${JSON.stringify(word)}`];
  const numbers = group
    .filter(({ metric }) => metric !== "step")
    .map(({ metric, value }) => `${JSON.stringify(metric)}: ${value}`);
  return { text: `{${[...step, ...split, ...numbers].join(", ")}}\n`, timeMs: first?.timeMs };
}
