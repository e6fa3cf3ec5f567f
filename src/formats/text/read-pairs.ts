import { remembered } from "../../foundation/remembered.ts";
import { nameBefore } from "./field-name.ts";
import { isPercentName } from "./name-unit.ts";
import type { NamedNumber } from "./named-number.ts";
import { readDictionary } from "./read-dictionary.ts";
import { type CommaStyle, nextNumber, type NumberToken } from "./read-number.ts";

/**
 * The numbers of one line with their names, in order: `name=value`, `name: value`, `name value`,
 * `name is value`, cells between `|`, JSON objects and Python dictionaries, alone or mixed
 * on one line. Numbers without a name are left out.
 *
 * @param line visible text, see `visibleText`
 */
export function readPairs(line: string, commaStyle?: CommaStyle): NamedNumber[] {
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
  const known = pairs.length;
  let end = 0;
  let last: LastPair | undefined;
  let before: NumberBefore | undefined;
  for (;;) {
    const number = nextNumber(text, end, commaStyle);
    if (number === undefined) break;
    const between = text.slice(end, number.start);
    const isAdded = last?.end === end && addToPair(last, text, { between, number });
    if (!isAdded) last = addNamed(pairs, text, { between, number, before }) ?? last;
    before = { between, number };
    end = number.suffixEnd;
  }
  if (from === 0) return;
  for (const pair of pairs.slice(known)) pair.number = moved(pair.number, from);
}

function moved(number: NumberToken, by: number): NumberToken {
  const { start, end, suffixEnd } = number;
  return { ...number, start: start + by, end: end + by, suffixEnd: suffixEnd + by };
}

/** A number and the text between it and the number before it. */
interface NumberBefore {
  between: string;
  number: NumberToken;
}

interface LastPair {
  pair: NamedNumber;
  end: number;
}

/** Whether a number belongs to the one before it: `93/100`, `0.90 -> 0.95`, `0.318 (0.368)`. */
function addToPair(
  last: LastPair,
  text: string,
  { between, number }: { between: string; number: NumberToken },
): boolean {
  if (/^ ?\/ ?$/u.test(between)) {
    last.pair.outOf = number.value;
    return true;
  }
  if (arrow.test(between)) {
    last.pair.number = number;
    last.end = number.suffixEnd;
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
  const isAlone = /^\](?!\s*\[)/u.test(text.slice(number.suffixEnd, number.suffixEnd + 8));
  const name = nameAfter(before, isAlone ? between.replace(openList, "") : between);
  if (name === undefined || isPosition(text, between, number)) return undefined;
  const isPercent = number.suffix === undefined && isPercentName(name);
  const suffix = isPercent ? ({ kind: "percent" } as const) : number.suffix;
  const pair = {
    name,
    number: isPercent ? { ...number, suffix } : number,
    runningMean: undefined,
    outOf: undefined,
  };
  pairs.push(pair);
  return { pair, end: number.suffixEnd };
}

/** The name of a number, from the text before it and the number before that. */
function nameAfter(before: NumberBefore | undefined, between: string): string | undefined {
  if (before === undefined) return rememberedName(between);
  if (restOfWord.test(between)) return rememberedName(between.replace(restOfWord, " "));
  if (/\btop $/iu.test(before.between))
    return rememberedName(`Top-${before.number.value}${between}`);
  const placed = /[:=]\s*$/u.test(between) ? measuredAt(before.between, between) : undefined;
  if (placed !== undefined) return placed;
  const name = rememberedName(between);
  const part = partOfModel.exec(before.between)?.[1];
  if (name === undefined || part === undefined || !isRightAfter.test(between)) return name;
  return `${part}-${before.number.value} ${name}`;
}

/** `accuracy` in `accuracy at step 100: 0.85` and in `Accuracy of the network on the 10000 test images: 85 %`. */
function measuredAt(before: string, between: string): string | undefined {
  if (!/^(?:[ #]*\p{L}+){0,4}\s*[:=]\s*$/u.test(between)) return undefined;
  const text = rememberedName(before);
  const name = text === undefined ? undefined : nameAndPlace.exec(text)?.[1];
  const isPlace = placeBefore.test(before) || placeAfter.test(between);
  return isPlace ? name : undefined;
}

/** `第2轮 准确率：`: the rest of a word that begins with the number before. */
const restOfWord = /^\p{L}+\s+(?=\S)/u;
const nameAndPlace = /^(\S.*?) (?:at|after|on|of|for|in|@)(?: [\p{L}#_]+)*$/u;
const placeBefore = /\b(?:epoch|(?:global.?)?step|iter(?:ation)?|update|round|batch)\W*$/iu;
const placeAfter =
  /^\s?(?:epochs?|steps?|iter(?:ation)?s?|updates?|rounds?|batches|tokens|(?:\p{L}+ ){0,2}(?:images|samples|examples|sequences|sentences))\s*[:=]/iu;
/** What of several parts a number is about, as in `class 0 acc: 0.95`. */
const partOfModel =
  /\b(class|category|label|fold|client|expert|head|layer|task|domain|subject|language)[ #]*$/iu;
const isRightAfter = /^[\s:,-]*\p{L}[^:,|;]*[:=]?\s*$/u;
const openList = /(?<=[=:]\s*)\[\s*$/u;

/** Lines of one program repeat the text between their numbers. */
const rememberedName = remembered(nameBefore);

/** `0.368` in `Time 0.318 (0.368)`: alone in parentheses, right after another number. */
function isMean(text: string, between: string, number: NumberToken): boolean {
  return (
    text[number.suffixEnd] === ")" && number.suffix === undefined && /^\s+\(\s*$/u.test(between)
  );
}

/** `1` in `saved the best accuracy at 1 epoch`: where a value was measured. */
function isPosition(text: string, between: string, number: NumberToken): boolean {
  return between.endsWith(" at ") && position.test(text.slice(number.end, number.end + 12));
}

const position = /^\s?(?:epoch|step|iter|update|batch)/iu;
/** From an earlier value to the current one: `0.90 -> 0.95`. */
const arrow = /^\s*(?:->|=>|→)\s*$/u;
