import { remembered } from "../../foundation/remembered.ts";
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

function readPlain(line: string, { from, until, commaStyle }: Stretch, pairs: NamedNumber[]): void {
  const text = line.slice(from, until);
  let end = 0;
  let last: { pair: NamedNumber; end: number } | undefined;
  for (;;) {
    const number = nextNumber(text, end, commaStyle);
    if (number === undefined) return;
    const between = text.slice(end, number.start);
    const isNext = last !== undefined && last.end === end;
    if (isNext && last !== undefined && between === "/") last.pair.outOf = number.value;
    else if (isNext && last !== undefined && isMean(text, between, number)) {
      last.pair.runningMean = number.value;
    } else last = addNamed(pairs, between, number) ?? last;
    end = number.suffixEnd;
  }
}

function addNamed(
  pairs: NamedNumber[],
  between: string,
  number: NumberToken,
): { pair: NamedNumber; end: number } | undefined {
  const name = rememberedName(between);
  if (name === undefined) return undefined;
  const pair = { name, number, runningMean: undefined, outOf: undefined };
  pairs.push(pair);
  return { pair, end: number.suffixEnd };
}

/** Lines of one program repeat the text between their numbers. */
const rememberedName = remembered(nameBefore);

/** `0.368` in `Time 0.318 (0.368)`: alone in parentheses, right after another number. */
function isMean(text: string, between: string, number: NumberToken): boolean {
  return text[number.suffixEnd] === ")" && number.suffix === undefined && /^\s+\($/u.test(between);
}

/** Words that wrap a number: `tensor(0.94)`, `np.float32(0.94)`. */
const wrapper =
  /(?:\b(?:torch\.)?[Tt]ensor|\b(?:np|numpy|jnp)\.\w+|\b(?:Device)?Array|\bfloat)\(\s*\[?$/u;
const separator = /\s*(?:[=:]\s*\(|->|=>|==|>=|<=|[=:≈~→])\s*$|\s+(?:is|was|of|at)\s*:?\s*$/u;
/** Where one field of a line ends and the next begins. */
const boundary =
  /[|│┃,;\t[\]{}<>"]|\)(?!\s*$)|\((?![^()]*\)$)| {2,}| [-–—] |\.{2,}|[=:](?=\s|\w)/gu;

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
  for (const found of text.matchAll(boundary)) start = found.index + found[0].length;
  // Digits that are not a number (a time of day, a version) also end a field.
  const field = text
    .slice(start)
    .replace(/^.*(?:^|\s)\d\S*(?=\s)/u, "")
    .trim();
  // In `epoch done val_loss=0.3` the name is one word.
  const words = isTight ? field.slice(field.search(/\S+$/u)) : field;
  return words.replaceAll(/^["'`*(]+|["'`*]+$/gu, "").trim();
}
