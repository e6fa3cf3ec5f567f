import { logPrefixLength } from "../lines/log-prefix.ts";

/** `acc 0.96 was reported in the paper`, `acc 0.96 is required`. */
const reportedAfter =
  /^\s*%?\s*(?:\w+\s+)?(?:reported (?:in|by)|published|required|expected|needed)\b/iu;
/** `Loading best model (acc 0.96)`, `last checkpoint: acc 0.96`: results that a checkpoint had. */
const ofCheckpoint =
  /\b(?:load(?:ed|ing)|restor(?:ed|ing)|resum(?:ed|ing))\b[^\d.!]*\([^\d()]*$|\b(?:last|previous|latest|loaded|restored) (?:checkpoint|ckpt|snapshot)\b[^\d.!]*$/iu;
/** `acc 0.96 (target)`; in `acc 0.9 (best 0.96)` the number in front is the current one. */
const statedAfter =
  /^\s*%?\s*[([](?:best|target|goal|baseline|previous|prev|old|threshold|required|expected|reference|paper|sota)[)\]]/iu;
const reached = String.raw`(?!\s+(?:was|is|has been)?\s*(?:reached|met|hit|achieved|passed|exceeded|beaten))`;
/** `Targets: {'acc': 0.96}`, `Aim for acc=0.96`, `last run: acc 0.96`, with no number in between. */
const statedBefore = new RegExp(
  String.raw`^[^\p{L}\d]*(?:(?:targets?|goals?|aim(?:ing|s)?|thresholds?|baselines?|requirements?|references?|papers?|published)\b${reached}|(?:previous|prev|last|earlier|old)\s+(?:run|result|model|experiment|attempt|best)s?\b)[^\d.!]*$`,
  "iu",
);
/** `args: {'acc': 0.96, …`, `TrainConfig(lr=0.1, acc=0.96`: inside a bracket with the settings of the program. */
const settingsBefore =
  /(?:^|\s)(?:args|arguments|opts|options|config(?:uration)?|cfg|hparams|hyper-?param(?:eter)?s|settings|flags|\w+(?:Args|Arguments|Options|Config|Settings|Params))\s*[:=]?\s*[{([][^{}()[\]]*$/iu;
/** `acc improved from 0.90 to 0.96`, and Lightning's `'acc' reached 0.96 (best 0.96)`. */
const changedFrom = /\bfrom\s+\S+\s+to\s*$|' reached $/u;
/** `acc 0.96 (epoch 0, previous run)`, without a number of that run after it. */
const ofOtherRun =
  /^[^.]*\b(?:previous|prev|last|earlier|old)\s+(?:run|experiment|attempt)[^\d]*$/iu;
/** `Best metrics: {'acc': 0.96}`, `best epoch 3: acc 0.96`. */
const bestBefore =
  /^[^\p{L}\d]*(?:the\s+)?best\b(?:(?:\s+(?:epoch|step|iter(?:ation)?|round|trial)\W*\d+)?[^\d]*|\s+(?:records?|results?|metrics|scores|values|so far)\s*[:=].*)$/iu;

/** The heading of goals or settings, which are on the lines below it that are indented further. */
const headingOfOther =
  /^\s*["']?(?:\w+[ _.])?(?:targets?|goals?|thresholds?|args|arguments|config(?:uration)?|cfg|hparams|hyper-?param(?:eter)?s|settings|baseline)["']?\s*[:=]\s*\{?\s*$/iu;

/** Whether a line is the heading of goals or settings: `threshold:`. */
export function isHeadingOfOther(line: string): boolean {
  return headingOfOther.test(line);
}

/** A quick test: every line with another result has one of these words. */
const mayBeOther =
  /target|goal|aim|old\b|args|arguments|opts|options|config|cfg|param|settings|flags|threshold|baseline|require|expected|reference|paper|published|reported|needed|sota|prev|last|earlier|best|from|reached|load|restor|resum|checkpoint|ckpt/iu;
const namesOther =
  /^(?:best|target|goal|baseline|prev(?:ious)?|last|old|earlier|threshold|reference|paper)(?![\p{L}])/iu;

/** What a line says of a value, if it is not a new result of the program. */
export type OtherResult =
  /** A goal, or a result of another run or model. */
  | "stated"
  /** The best result so far, which an earlier line may have given. */
  | "best-so-far";

/**
 * Whether words around a value say that it is no new result. The name of a metric goes before them: `best acc`.
 *
 * @param start index of the value's first character
 * @param end index after its last one
 */
export function otherResultAt(
  line: string,
  { metric, start, end }: { metric: string; start: number; end: number },
): OtherResult | undefined {
  if (!mayBeOther.test(line) || namesOther.test(metric)) return undefined;
  const after = line.slice(end, end + 24);
  if (statedAfter.test(after) || reportedAfter.test(after)) return "stated";
  if (ofOtherRun.test(line.slice(end, end + 80))) return "stated";
  const before = line.slice(0, start);
  const message = before.slice(logPrefixLength(before));
  // A tag such as `[baseline]` looks like the prefix of a logger.
  if (statedBefore.test(message) || statedBefore.test(before)) return "stated";
  if (settingsBefore.test(message) || ofCheckpoint.test(message)) return "stated";
  return bestBefore.test(message) || changedFrom.test(message) ? "best-so-far" : undefined;
}
