import { isSectionWord } from "../sections/line-section.ts";
import { isQualifier } from "./match-name.ts";
import { unitOfName } from "./name-unit.ts";

/** Words that wrap a number: `tensor(0.94)`, `np.float32(0.94)`. */
const wrapper =
  /(?:\b(?:torch\.|tf\.)?[Tt]ensor|\b(?:np|numpy|jnp|mx|cp)\.\w+|\b(?:Device)?Array|\b(?:float|array|Decimal))\(\s*\[?$/u;
/** `('acc', 0.94)`: the name is the first part of a pair. */
const pairName = /[([]\s*["']([^"',()[\]]{1,60})["'],\s*$/u;
/** Lightning prints `'val_loss' reached 2.30`, and others `Validation loss decreased (0.61 --> 0.42)`. */
const separator =
  /(?<=["'])\s+reached\s*$|\s*\.{3,}\s*$|\s+(?:(?:in|de)creased|improved|reduced)\s*\(\s*$|\s*(?:[=:]\s*\(|->|=>|==|[=:：≈~→])\s*$|\s+(?:is|was|of|at)\s*:?\s*$/u;
/** Where one field of a line ends and the next begins. */
const boundary =
  /[|│┃｜,，、;；\t[\]{}<>"]|\)(?!\s*$)|\((?![^()]*\)$)|(?<=\p{Ll}{4})\. (?=\p{Lu})| {2,}| [-–—] |\.{2,}|(?<!@\d*\.\d+)[=:](?=\s|\w)/gu;

/** The name of the second of two numbers, from the text between them. */
export function nameBefore(between: string): string | undefined {
  const inPair = pairName.exec(between)?.[1];
  if (inPair !== undefined) return inPair.trim();
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

function lastField(printed: string, isTight: boolean): string {
  const brackets = unitOfName(printed);
  const field = fieldOf(printed.slice(0, printed.length - brackets.length), isTight);
  return field === "" ? "" : `${field}${brackets}`;
}

function fieldOf(text: string, isTight: boolean): string {
  let start = 0;
  const unquoted = text.replace(/["'`*]+$/u, "");
  for (const found of unquoted.matchAll(boundary)) {
    const isGoal = found[0] === ":" && statedGoal.test(unquoted.slice(start, found.index));
    if (!isGoal) start = found.index + found[0].length;
  }
  // Digits that are not a number (a time of day, a version) also end a field.
  const field = unquoted
    .slice(start)
    .replace(/^.*(?:^|\s)\d\S*(?=\s)/u, "")
    .trim();
  const words = isTight ? lastName(field) : field;
  return words
    .replaceAll(/^["'`*(]+|["'`*]+$/gu, "")
    .replace(/\s*\(?[↑↓⬆⬇]\)?$/u, "")
    .trim();
}

/** `goal: acc 0.95`, `best: acc 0.95`: a word before a colon that changes the meaning of the name after it. */
const statedGoal =
  /\b(?:goal|target|threshold|required|baseline|chance|random|best|worst|prev(?:ious)?)$/iu;

/** In `epoch done val_loss=0.3` the name is one word; in `best val_loss=0.3` it is two. */
function lastName(field: string): string {
  const words = field.split(/\s+/u);
  let first = words.length - 1;
  // `BCER train=22.1`
  if (first > 0 && isSectionWord(words[first] ?? "")) first -= 1;
  while (first > 0 && isQualifier((words[first - 1] ?? "").replace(/:$/u, ""))) first -= 1;
  return words.slice(first).join(" ");
}
