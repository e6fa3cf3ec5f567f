import { remembered } from "../../foundation/remembered.ts";
import { isQualifier } from "./match-name.ts";
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
  let prefix = "";
  for (;;) {
    const number = nextNumber(text, end, commaStyle);
    if (number === undefined) break;
    const between = text.slice(end, number.start);
    const isAdded = last?.end === end && addToPair(last, text, { between, number });
    if (!isAdded) last = addNamed(pairs, text, { between: prefix + between, number }) ?? last;
    prefix = /\btop $/iu.test(between) ? `Top-${number.value}` : "";
    end = number.suffixEnd;
  }
  if (from === 0) return;
  for (const pair of pairs.slice(known)) pair.number = moved(pair.number, from);
}

function moved(number: NumberToken, by: number): NumberToken {
  const { start, end, suffixEnd } = number;
  return { ...number, start: start + by, end: end + by, suffixEnd: suffixEnd + by };
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
  { between, number }: { between: string; number: NumberToken },
): LastPair | undefined {
  const name = rememberedName(between);
  if (name === undefined || isPosition(text, between, number)) return undefined;
  const pair = { name, number, runningMean: undefined, outOf: undefined };
  pairs.push(pair);
  return { pair, end: number.suffixEnd };
}

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
/** Words that wrap a number: `tensor(0.94)`, `np.float32(0.94)`. */
const wrapper =
  /(?:\b(?:torch\.)?[Tt]ensor|\b(?:np|numpy|jnp)\.\w+|\b(?:Device)?Array|\bfloat)\(\s*\[?$/u;
const separator = /\s*(?:[=:]\s*\(|->|=>|==|[=:：≈~→])\s*$|\s+(?:is|was|of|at)\s*:?\s*$/u;
/** Where one field of a line ends and the next begins. */
const boundary =
  /[|│┃｜,，、;；\t[\]{}<>"]|\)(?!\s*$)|\((?![^()]*\)$)|(?<=\p{Ll}{4})\. (?=\p{Lu})| {2,}| [-–—] |\.{2,}|(?<!@\d*\.\d+)[=:](?=\s|\w)/gu;

/** The name of the second of two numbers, from the text between them. */
export function nameBefore(between: string): string | undefined {
  const unwrapped = between.replace(wrapper, "").replace(/["'`*]+$/u, "");
  const parted = separator.exec(unwrapped);
  const isParted = parted !== null;
  const before = (isParted ? unwrapped.slice(0, parted.index) : unwrapped).trimEnd();
  if (!isParted && !/\s$/u.test(unwrapped)) return undefined;
  const cell = isParted ? before : before.replace(/\s*[|│┃]+$/u, "");
  const isTight = isParted && parted[0].startsWith("=");
  const field = lastField(cell, isTight);
  return field === "" || !/\p{L}/u.test(field) ? undefined : field;
}

function lastField(text: string, isTight: boolean): string {
  let start = 0;
  const unquoted = text.replace(/["'`*]+$/u, "");
  for (const found of unquoted.matchAll(boundary)) start = found.index + found[0].length;
  // Digits that are not a number (a time of day, a version) also end a field.
  const field = unquoted
    .slice(start)
    .replace(/^.*(?:^|\s)\d\S*(?=\s)/u, "")
    .trim();
  const words = isTight ? lastName(field) : field;
  return words.replaceAll(/^["'`*(]+|["'`*]+$/gu, "").trim();
}

/** In `epoch done val_loss=0.3` the name is one word; in `best val_loss=0.3` it is two. */
function lastName(field: string): string {
  const words = field.split(/\s+/u);
  let first = words.length - 1;
  while (first > 0 && isQualifier(words[first - 1] ?? "")) first -= 1;
  return words.slice(first).join(" ");
}
