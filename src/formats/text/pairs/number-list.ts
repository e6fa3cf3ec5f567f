import { remembered } from "../../../foundation/collections/remembered.ts";
import { nameBefore } from "../names/field-name.ts";
import { isSectionWord } from "../sections/line-section.ts";
import type { NumberToken } from "../numbers/read-number.ts";

const separators = [",", ";", "/", "&", "|", "and"] as const;
/** Between two numbers of a list. */
const listGap = /^\s*(,|;|\/|&|\||and|\s)\s*$/u;
const sign = /\s*[:=]\s*[([]?\s*$|\s*[([]\s*$/u;
/** What may follow a list; a word would be the unit of its last number. */
const listEnd = /^\s*(?:$|[)\]}]|[,;|]|[([]|- )/u;

/** A number with the text between it and the number before it. */
export interface PlacedNumber {
  between: string;
  number: NumberToken;
}

/**
 * Names for a list of numbers that follows a list of names: `loss, acc: 0.3, 0.91`, `train/val acc: 0.97/0.90`. All are
 * undefined if there are fewer names than numbers. Returns undefined if the number at an index begins no such list.
 */
export function namesOfList(
  numbers: readonly PlacedNumber[],
  index: number,
  text: string,
): readonly (string | undefined)[] | undefined {
  const first = numbers[index];
  const separator = listGap.exec(numbers[index + 1]?.between ?? "")?.[1];
  if (first === undefined || separator === undefined) return undefined;
  const names = namesBefore(first.between, separator);
  if (names === undefined) return undefined;
  const end = numbers.findIndex(
    ({ between }, at) => at > index && listGap.exec(between)?.[1] !== separator,
  );
  const list = numbers.slice(index, end === -1 ? undefined : end);
  if (!isList(list, text) || isRatio(list, separator)) return undefined;
  return names.length < list.length ? list.map(() => undefined) : names.slice(-list.length);
}

function isList(list: readonly PlacedNumber[], text: string): boolean {
  const last = list.at(-1)?.number.suffixEnd ?? 0;
  return (
    list.every(({ number }) => number.suffix === undefined || number.suffix.kind === "percent") &&
    listEnd.test(text.slice(last))
  );
}

/** `93/100` is one value. */
function isRatio(list: readonly PlacedNumber[], separator: string): boolean {
  return separator === "/" && list.every(({ number }) => Number.isInteger(number.value));
}

function namesBefore(between: string, separator: string): readonly string[] | undefined {
  const found = namesIn(between.slice(-longestList));
  if (found === undefined) return undefined;
  // Between bars are the cells of tables and the parts of lines, unless a sign follows the names.
  const isList = found.separator !== "|" && found.separator === separator;
  return isList || found.isSigned ? found.names : undefined;
}

const longestList = 400;

interface ListOfNames {
  names: readonly string[];
  separator: string;
  /** Whether `:`, `=` or a bracket follows. */
  isSigned: boolean;
}

/** Lines of one program repeat the text before their numbers. */
const namesIn = remembered((between): ListOfNames | undefined => {
  const written = between.replace(sign, "");
  const [, base = "", inside] = /^(.*?)[([]([^()[\]]*)[)\]]\s*$/u.exec(written) ?? [];
  const parts = separators.map((separator) => ({
    separator,
    names: partsOf(inside ?? written, separator),
  }));
  const found = parts.find(({ names }) => names.length > 1);
  if (found === undefined) return undefined;
  const shared = nameBefore(`${base.trimEnd()}: `);
  const names = shared === undefined ? withSections(found.names) : joined(shared, found.names);
  const isPath = found.separator === "/" && isSectionWord(names[0] ?? "");
  if (isPath || !names.every((name) => /\p{L}/u.test(name))) return undefined;
  return { names, separator: found.separator, isSigned: written !== between };
});

/** Without what precedes the first name on the line. */
function partsOf(text: string, separator: (typeof separators)[number]): string[] {
  const parts = separator === "and" ? text.split(/\s+and\s+/u) : text.split(separator);
  const names = parts.map((part, index) =>
    index === 0 ? (nameBefore(`${part.trimEnd()}: `) ?? "") : part.trim(),
  );
  return names[0] === "" ? names.slice(1) : names;
}

/** `train/val acc` and `acc train/val`: each section with the name that they share. */
function withSections(parts: readonly string[]): string[] {
  const words = parts.map((part) => part.split(/\s+/u));
  const [first, last] = [words[0] ?? [], words.at(-1) ?? []];
  if (areSections(words.slice(0, -1).flat()) && last.length > 1 && areSections(last.slice(0, 1)))
    return joined(last.slice(1).join(" "), [...parts.slice(0, -1), last[0] ?? ""]);
  if (areSections(words.slice(1).flat()) && first.length > 1 && areSections(first.slice(-1)))
    return joined(first.slice(0, -1).join(" "), [first.at(-1) ?? "", ...parts.slice(1)]);
  return [...parts];
}

/** `train acc` for the section `train`; `dice ET` for a part with another name. */
function joined(shared: string, parts: readonly string[]): string[] {
  return parts.map((part) => (areSections([part]) ? `${part} ${shared}` : `${shared} ${part}`));
}

function areSections(words: readonly string[]): boolean {
  return words.every((word) => isSectionWord(word));
}
