import { remembered } from "../../../foundation/collections/remembered.ts";
import { withoutUnit } from "./name-unit.ts";

/** How a name in a line relates to the requested name. */
export type NameMatch =
  /** The same name, ignoring case, blanks, hyphens and underscores. */
  | "same"
  /** The last words of a text: `finished with accuracy` for `accuracy`. */
  | "last-words"
  /** A longer name of another quantity that ends with the requested one: `train_acc` for `acc`. */
  | "longer"
  | "other";

/**
 * Words that change the meaning of the name after them: a training loss is not a validation
 * loss, and the best loss so far is not the current one.
 */
const qualifier =
  /^(?:train(?:ing)?|val(?:id(?:ation)?)?|eval(?:uation)?|test(?:ing)?|dev|held.?out|lm|best|top|running|smooth(?:ed)?|ema|tta|avg|average|mean|median|total|batch|step|epoch|final|last|previous|prev|min|max|minimum|maximum|aux|mtp|moe|reg|macro|micro|weighted|balanced|normali[sz]ed|pixel|token|masked|class|per.class|per.token|clean|robust|teacher|student|old|worst|lowest|highest|baseline|chance|majority|target|goal|required|expected|desired|minimal|threshold|eta|until|when|once|if|unless)(?:[_-]?\d+)?(?:'s)?$/iu;

/**
 * Words after which a name means what it means alone. After any other word it is the name of something else: `policy loss`, `cat accuracy`.
 */
const neutral =
  /^(?:[^\p{L}]*|the|an?|and|or|with|of|for|on|its?|this|that|our|has|had|have|got|gives?|gave|is|are|was|now|then|so|to|by|in|at|new|current(?:ly)?|latest|resulting|overall|global|whole|full|entire|own|model(?:'s)?|network(?:'s)?|net|system|classif(?:ication|ier)|predict(?:ion|ed|ive)|measured|computed|obtained|achieved|reached|reports?|reported|logged|observed|metrics?|results?|data|logs?|scalars?|values|stats?|statistics|summary|performance|payload|message|msg|record|fields?|extra|event|body|output|report|info(?::|rmation)?|debug|warn(?:ing)?|error|notice|critical|trace|success|done|finished|complete[d]?|ended?|evaluated|epochs?|steps?|iter(?:ation)?s?|round|update|rank|__\w+__|root|main|trainer|logger|log|stdout|stderr|py)[;,!]?$/iu;

/** Words that only repeat what a path such as `val/accuracy` says. */
const section = /^(?:train(?:ing)?|val(?:id(?:ation)?)?|eval(?:uation)?|test(?:ing)?)$/iu;

/** Whether a word changes the meaning of the name after it: `train`, `best`, `target`. */
export function isQualifier(word: string): boolean {
  return qualifier.test(word);
}

/** Whether a text names the requested metric, alone or at its end. */
export function namesMetric(found: string, wanted: string): boolean {
  const match = matchName(found, wanted);
  return match === "same" || match === "last-words";
}

/** `Accuracy of this step`, `accuracy of the model`: words that change nothing. */
const ofWhole =
  /\s(?:of|in|at|for|after) (?:this|the|that|our|its) (?:current |whole |full )?(?:step|epoch|iteration|round|model|network|net|classifier|system|run)$/iu;

/** Compares a name as printed with the name of the requested metric, by whole words. */
export function matchName(printedName: string, wanted: string): NameMatch {
  const found = printedName.replace(ofWhole, "");
  const foundName = normalized(found);
  const wantedName = normalized(wanted);
  if (foundName === wantedName) return "same";
  const inParentheses = matchAbbreviation(found, wantedName);
  if (inParentheses !== undefined) return inParentheses;
  if (!foundName.endsWith(wantedName)) return "other";
  const rest = foundName.slice(0, -wantedName.length);
  if (!/[_./@'-]$/u.test(rest)) return "other";
  const printed = withoutUnit(found.trim()).replaceAll(/\s+/gu, " ").slice(0, -wantedName.length);
  // `coco/bbox_mAP`: only the name of the benchmark. `COCO AP` is a fraction that Detectron2 prints again, as a percentage, under `AP`.
  if (/^coco\/$/iu.test(printed)) return "last-words";
  // After a blank or a dot, the name is a separate word; otherwise it is the end of a longer word.
  return /[\s.]$/u.test(printed) ? matchAfterWords(printed, wantedName) : "longer";
}

/** @param printed what is printed before the name */
function matchAfterWords(printed: string, wantedName: string): NameMatch {
  const before = printed.split(/[\s.:]+/u);
  // `New best accuracy` is the current value.
  const isNewBest = /\bnew best\s+$/iu.test(printed);
  const isPath = wantedName.includes("/");
  const changes = (word: string): boolean =>
    qualifier.test(word) && !(isPath && section.test(word));
  if (!isNewBest && before.some(changes)) return "longer";
  const nearest = before.findLast((word) => word !== "") ?? "";
  return isPath || isNewBest || neutral.test(nearest) ? "last-words" : "longer";
}

/** `mean average precision (mAP@0.50)`: a name with its abbreviation. */
const abbreviated = /^(.*\p{L}.*?)\s*\(([^()]+)\)$/u;

/** Compares the abbreviation after a name. Words before it may change its meaning; means are a part of it. */
function matchAbbreviation(found: string, wantedName: string): NameMatch | undefined {
  const [, words, abbreviation] = abbreviated.exec(found) ?? [];
  if (words === undefined || normalized(abbreviation ?? "") !== wantedName) return undefined;
  const isOther = words
    .split(/\s+/u)
    .some((word) => qualifier.test(word) && !/^(?:mean|average|avg)$/iu.test(word));
  return isOther ? "longer" : "same";
}

const normalized = remembered((name) =>
  withoutUnit(name.trim())
    // `%WER`
    .replace(/^%+(?=\p{L})/u, "")
    .toLowerCase()
    // Abbreviated words: `Val. Acc.`
    .replaceAll(/(?<=\p{L})\.(?=\s|$)/gu, "")
    .replaceAll(/[\s_-]+/gu, "_"),
);
