import { readCocoSummary } from "./coco-summary.ts";
import { readImprovedMetric } from "./improved-metric.ts";
import type { NamedNumber } from "../numbers/named-number.ts";
import { readDictionary } from "./read-dictionary.ts";
import { namesOfList, type PlacedNumber } from "./number-list.ts";
import { type CommaStyle, nextNumber, type NumberToken } from "../numbers/read-number.ts";
import { nameAfter, type NumberBefore } from "../names/text-between.ts";

/**
 * The numbers of one line with their names, in order: `name=value`, `name: value`, `name value`,
 * `name is value`, cells between `|`, JSON objects and Python dictionaries, alone or mixed
 * on one line. Numbers without a name are left out.
 *
 * @param line visible text, see `visibleText`
 */
export function readPairs(line: string, commaStyle?: CommaStyle): NamedNumber[] {
  const special = readCocoSummary(line) ?? readImprovedMetric(line);
  if (special !== undefined) return [special];
  const pairs: NamedNumber[] = [];
  let at = 0;
  for (let open = line.indexOf("{"); open !== -1; open = line.indexOf("{", at)) {
    const dictionary = readDictionary(line, open);
    if (dictionary === undefined) {
      const next = line.indexOf("{", open + 1);
      const until = next === -1 ? line.length : next;
      readPlain(line, { from: at, until, commaStyle }, pairs);
      at = until;
      continue;
    }
    readPlain(line, { from: at, until: open, commaStyle }, pairs);
    pairs.push(...dictionary.entries);
    at = dictionary.end;
  }
  readPlain(line, { from: at, until: line.length, commaStyle }, pairs);
  return pairs;
}

interface Stretch {
  from: number;
  until: number;
  commaStyle: CommaStyle | undefined;
}

/** The positions of the numbers are those in the whole line. */
function readPlain(line: string, { from, until, commaStyle }: Stretch, pairs: NamedNumber[]): void {
  const text = from === 0 && until === line.length ? line : line.slice(from, until);
  for (const pair of namedNumbers(text, commaStyle)) {
    if (from > 0) pair.number = moved(pair.number, from);
    pairs.push(pair);
  }
}

function namedNumbers(text: string, commaStyle: CommaStyle | undefined): NamedNumber[] {
  const pairs: NamedNumber[] = [];
  const numbers = numbersIn(text, commaStyle);
  let last: LastPair | undefined;
  let before: NumberBefore | undefined;
  let next = 0;
  for (const [index, { between, number }] of numbers.entries()) {
    const names = index < next ? undefined : namesOfList(numbers, index, text);
    if (names !== undefined) {
      next = index + names.length;
      pairs.push(...listPairs(names, numbers.slice(index)));
    } else if (index >= next) {
      const end = number.start - between.length;
      const isAdded = last?.end === end && addToPair(last, text, { between, number });
      if (!isAdded) last = addNamed(pairs, text, { between, number, before }) ?? last;
    }
    before = { between, value: number.value };
  }
  return pairs;
}

/** The numbers of a text, in order. */
function numbersIn(text: string, commaStyle: CommaStyle | undefined): PlacedNumber[] {
  const numbers: PlacedNumber[] = [];
  let end = 0;
  for (;;) {
    const number = nextNumber(text, end, commaStyle);
    if (number === undefined) return numbers;
    numbers.push({ between: text.slice(end, number.start), number });
    end = number.suffixEnd;
  }
}

function listPairs(
  names: readonly (string | undefined)[],
  numbers: readonly PlacedNumber[],
): NamedNumber[] {
  return names.flatMap((name, index) => {
    const number = numbers[index]?.number;
    const isNamed = name !== undefined && number !== undefined;
    return isNamed ? [{ name, number, runningMean: undefined, outOf: undefined }] : [];
  });
}

function moved(number: NumberToken, by: number): NumberToken {
  const { start, end, suffixEnd } = number;
  return { ...number, start: start + by, end: end + by, suffixEnd: suffixEnd + by };
}

interface LastPair {
  pair: NamedNumber;
  end: number;
  /** The pair is followed by operators and further numbers: `0.2 + 0.9`. */
  isTerm?: true;
}

/** Whether a number belongs to the one before it: `93/100`, `0.90 -> 0.95`, `0.318 (0.368)`, `0.2 + 0.9 = 1.1`. */
function addToPair(
  last: LastPair,
  text: string,
  { between, number }: { between: string; number: NumberToken },
): boolean {
  if (/^ ?\/ ?$/u.test(between)) {
    last.pair.outOf = number.value;
    return true;
  }
  const changed = between === " to " ? changedFrom.exec(last.pair.name) : null;
  if (changed !== null || arrow.test(between)) {
    last.pair.number = number;
    last.pair.name = changed?.[1] ?? last.pair.name;
    last.end = number.suffixEnd;
    return true;
  }
  if (operator.test(between)) {
    last.isTerm = true;
    last.end = number.suffixEnd;
    return true;
  }
  if (last.isTerm === true && /^\s*=\s*$/u.test(between)) {
    last.pair.number = number;
    return true;
  }
  if (!isMean(text, between, number)) return false;
  last.pair.runningMean = number.value;
  return true;
}

function addNamed(
  pairs: NamedNumber[],
  text: string,
  {
    between,
    number,
    before,
  }: { between: string; number: NumberToken; before: NumberBefore | undefined },
): LastPair | undefined {
  const isAlone = aloneInList.test(text.slice(number.suffixEnd, number.suffixEnd + 8));
  const found = nameAfter(before, isAlone ? between.replace(openList, "") : between);
  if (found === undefined || isPosition(text, between, number)) return undefined;
  const isPercent = found.isPercent && number.suffix === undefined;
  const pair = {
    name: found.name,
    number: isPercent ? { ...number, suffix: { kind: "percent" as const } } : number,
    runningMean: undefined,
    outOf: undefined,
  };
  pairs.push(pair);
  return { pair, end: number.suffixEnd };
}

/** `[` of a list with one number: `acc=[0.9]`, `Pseudo dice [np.float32(0.9)]`. */
const openList = /(?<=[=:]\s*)\[\s*$|\[(?=np\.\w+\($)/u;
const aloneInList = /^\)?\](?!\s*\[)/u;

/** `0.368` in `Time 0.318 (0.368)`: alone in parentheses, right after another number; `0.31(5)` gives an uncertainty. */
function isMean(text: string, between: string, number: NumberToken): boolean {
  if (text[number.suffixEnd] !== ")" || number.suffix !== undefined) return false;
  const isTight = between === "(" && text.slice(number.start, number.end).includes(".");
  return isTight || /^\s+\(\s*$/u.test(between);
}

/** `1` in `saved the best accuracy at 1 epoch`: where a value was measured. */
function isPosition(text: string, between: string, number: NumberToken): boolean {
  return between.endsWith(" at ") && position.test(text.slice(number.end, number.end + 12));
}

const position = /^\s?(?:epoch|step|iter|update|batch)/iu;
/** `acc improved from 0.90 to 0.95`. */
const changedFrom = /^(\S.*?)(?:\s+(?:has|was))?\s+\p{L}+ed\s+from$/u;
const operator = /^\s*[-+*×]\s*$/u;
/** From an earlier value to the current one: `0.90 -> 0.95`. */
const arrow = /^\s*(?:-{1,2}>|=>|→)\s*$/u;
