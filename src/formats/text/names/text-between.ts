import { remembered } from "../../../foundation/collections/remembered.ts";
import { nameBefore } from "./field-name.ts";
import { isPercentName } from "./name-unit.ts";

/** The text between two numbers: the end of what the first is, and the name of the second. */
interface TextBetween {
  /** The name of the number after it, from this text alone. */
  name: string | undefined;
  /** Whether that name says that its numbers are percentages. */
  isPercent: boolean;
  /** Whether the number after it is a rank: `top 5`. */
  isTop: boolean;
  /** What of several parts the number after it is: `class`. */
  part: string | undefined;
  /** Whether a name and nothing else follows the number before it. */
  isRightAfter: boolean;
  /** `accuracy` of `accuracy at step`. */
  measured: string | undefined;
  /** Whether the number after it counts steps. */
  isPlaceBefore: boolean;
  /** Whether no name but a unit of the number before it stands here: ` test images: `. */
  isUnitOnly: boolean;
  /** Whether that unit counts steps or samples. */
  isPlaceAfter: boolean;
}

/** Lines of one program repeat the text between their numbers. */
const textBetween = remembered((between): TextBetween => {
  const name = nameBefore(between);
  return {
    name,
    isPercent: name !== undefined && isPercentName(name),
    isTop: /\btop $/iu.test(between),
    part: partOfModel.exec(between)?.[1],
    isRightAfter: rightAfter.test(between),
    measured: name === undefined ? undefined : nameAndPlace.exec(name)?.[1],
    isPlaceBefore: placeBefore.test(between),
    isUnitOnly: unitOnly.test(between),
    isPlaceAfter: placeAfter.test(between),
  };
});

const nameAndPlace = /^(\S.*?) (?:at|after|on|of|for|in|@)(?: [\p{L}#_]+)*$/u;
const placeBefore = /\b(?:epoch|(?:global.?)?step|iter(?:ation)?|update|round|batch)\W*$/iu;
const placeAfter =
  /^\s?(?:epochs?|steps?|iter(?:ation)?s?|updates?|rounds?|batches|tokens|(?:\p{L}+ ){0,2}(?:images|samples|examples|sequences|sentences))(?:\s*[:=]|\s+(?:is|was)\b)/iu;
const unitOnly = /^(?:[ #]*\p{L}+){0,4}\s*[:=]\s*$|^(?: \p{L}+){0,3} (?:is|was)\s*:?\s*$/u;
/** What of several parts a number is about, as in `class 0 acc: 0.95`. */
const partOfModel =
  /\b(class|category|label|fold|client|expert|head|layer|task|domain|subject|language)[ #]*$/iu;
const rightAfter = /^[\s:,-]*\p{L}[^:,|;]*[:=]?\s*$/u;
/** `第2轮 准确率：`: the rest of a word that begins with the number before. */
const restOfWord = /^\p{L}+\s+(?=\S)/u;

/** A number and the text between it and the number before it. */
export interface NumberBefore {
  between: string;
  value: number;
}

/** What a number is called, from the text before it and the number before that. */
export interface NumberName {
  name: string;
  isPercent: boolean;
}

/** The name of a number; undefined if it has none. */
export function nameAfter(
  before: NumberBefore | undefined,
  between: string,
): NumberName | undefined {
  const own = textBetween(between);
  if (before === undefined) return named(own);
  const earlier = textBetween(before.between);
  if (earlier.isTop) return named(textBetween(`Top-${before.value}${between}`));
  const isMeasured = own.isUnitOnly && (earlier.isPlaceBefore || own.isPlaceAfter);
  if (isMeasured && earlier.measured !== undefined)
    return { name: earlier.measured, isPercent: false };
  const rest = startsWithBlank(between) ? own : textBetween(between.replace(restOfWord, " "));
  const found = named(rest);
  if (found === undefined || earlier.part === undefined || !own.isRightAfter) return found;
  return { ...found, name: `${earlier.part}-${before.value} ${found.name}` };
}

function named({ name, isPercent }: TextBetween): NumberName | undefined {
  return name === undefined ? undefined : { name, isPercent };
}

function startsWithBlank(text: string): boolean {
  return text.startsWith(" ") || !/^\p{L}/u.test(text);
}
