import { positionInEvaluation } from "./line-scope.ts";

/** The data that a value was measured on, by a word on its line. */
export interface Section {
  kind: "training" | "evaluation";
  /** As printed: `Train`, `valid`. */
  word: string;
}

const names =
  "train(?:ing)?|trn|val(?:id(?:at(?:ion|ing))?)?|vld|eval(?:uat(?:ion|ing))?|test(?:ing)?|dev";
const things = "set|data(?:set)?|split|subset|metrics|results|stats|statistics";
/** A logger's name before a level is no section: `- train - INFO`. */
const noLevel = String.raw`(?!\s*(?:DEBUG|INFO|WARN(?:ING)?|ERROR|CRITICAL)\b)`;

/** Words after which a section word is part of another phrase: `training took 3 s, acc 0.9`, `train time: 3 s, acc 0.9`. */
const noPhrase = String.raw`(?!(?:done|took|finished|completed?|ended|over|time|times|speed|throughput|samples|examples|images|tokens|size|steps?_?(?:time|per)|for|in|was|is|has|will|with|from|starts?|started|begins?|resumed)\b)`;

/** Words that name the section of the values after them. `| train:main:42 -` is the place of a call. */
const sectionWord = new RegExp(
  [
    // At the start of a part: `[train] acc`, `Train: acc`, `| train | acc`, `train step 10 acc`.
    String.raw`(?:^|[[(<|,;]\s*|[\])>]\s*|\s{2,}|\t)(?!\w+:\w+:\d)(${names}|train_inner)(?:\s+(?:${things}|on|loss))?(?:\s*[:|\])>,;]|\s*\t|\s+-\s${noLevel}|\s+(?=[A-Za-z])${noPhrase})`,
    // Inside a part only before a sign: `Epoch 3 train: acc`, `epoch 3 - train - acc`.
    String.raw`\s(${names})(?:\s+(?:${things}))?(?::(?=\s)|\s*\|)`,
    String.raw`\s-\s+(${names})\s+-\s${noLevel}`,
    // `Epoch 3: train(acc=0.9) val(acc=0.8)`, `(train = (acc = 0.9), val = (acc = 0.8))`, `'train': {'acc': 0.9}`.
    String.raw`(?:^|[\s,;({[])["']?(${names})(?!\[\d+\]:)["']?\s*[=:]?\s*[([{]`,
    String.raw`\bon\s+(?:the\s+)?(${names})\s+(?:${things})\b`,
  ].join("|"),
  "giu",
);
/** A field of the whole line, wherever it is: `{"acc": 0.9, "split": "train"}`, `phase: val`. */
const sectionField = new RegExp(
  String.raw`\b(?:split|phase|mode|stage|subset|dataset|data|set|part|partition|section)["']?\s*[=:]\s*["']?(${names})(?![\w./-])`,
  "iu",
);
/** After a value: `acc 0.97 (train)`, `acc 0.97 on the test set`. */
const sectionAfter = new RegExp(
  String.raw`^\s*%?\s*(?:[([](${names})(?:\s+(?:${things}))?[)\]]|(?:on|for)\s+(?:the\s+)?(${names})\b)`,
  "iu",
);
const heading = new RegExp(
  String.raw`^[^\p{L}\d]*(${names})(?:\s+(?:${things}))?[^\p{L}\d]*$`,
  "iu",
);
const wholeWord = new RegExp(String.raw`^(?:${names})(?:[\s_-](?:${things}))?$`, "iu");
/** `validate step: 10`, `Completed eval after train step 10`, at the start of a message; `cur metric, acc: 0.9` of PaddlePaddle. */
const evaluationLine =
  /(?:^|[|\]]\s*| - )(?:[A-Za-z]+ )?(validat(?:e|ing|ion)|eval(?:uation)?|test)\s+(?:(?:metrics|results)\s+)?(?:after|at|epoch|iter(?:ation)?|step)\b|(?:^|[:\]]\s*)((?:cur|best) metric), /iu;
/** `Epoch: [21][175/179]`, `Epoch: [3]  [ 100/5005]`, `Train: 3 [ 100/1251 (  8%)]`, `Train: [3/300][100/1251]`. */
const trainingBatch =
  /(?:^|\s)(?:(Epoch):?\s*\[\d+(?:\/\d+)?\]|(Train(?:ing)?):(?:\s*\[?\d+(?:\/\d+)?\]?)?)\s*\[\s*\d+\/\d+[^\]]*\]/iu;

/** Whether a line is about a batch of training data, in programs that print evaluations on other lines. */
export function isTrainingBatch(line: string): boolean {
  return wordOfTrainingBatch(line) !== undefined;
}

function wordOfTrainingBatch(line: string): string | undefined {
  if (!line.includes("[")) return undefined;
  const found = trainingBatch.exec(line);
  // `Val Epoch: [1][3/10]` is not training.
  if (found === null || positionInEvaluation(line) !== undefined) return undefined;
  return found[1] ?? found[2];
}

/** Whether the name of a metric, or a pattern, says which data it is about: `train_loss`, `Val: acc=(\S+)`. */
export function namesItsData(text: string): boolean {
  return /^(?:train|val|eval|test|dev)|(?:^|[^\p{L}])(?:train|trn|val|eval|test|dev)/iu.test(text);
}

/**
 * The section that a value of a line belongs to: `[train] loss 0.1 acc 0.9`, `Train: … | Val: …`.
 *
 * @param start index of its first character
 * @param end index after its last one
 */
export function sectionAt(line: string, start: number, end = start): Section | undefined {
  const after = sectionAfter.exec(line.slice(end, end + 40));
  if (after !== null) return sectionNamed(after);
  let section = sectionOfLine(line);
  for (const found of line.slice(0, start).matchAll(sectionWord)) section = sectionNamed(found);
  return section;
}

/** The section that a field of a row names: `split: val`, `{"mode": "train"}`. */
export function sectionOfField(text: string): Section | undefined {
  const found = sectionField.exec(text);
  return found === null ? undefined : sectionNamed(found);
}

/** Whether a text is a word for data, such as the name of a column: `train`, `Validation`, `test set`. */
export function isSectionWord(text: string): boolean {
  return wholeWord.test(text);
}

/** The section that a line is the heading of: `Training:`, `== Evaluation ==`. */
export function sectionOfHeading(line: string): Section | undefined {
  // Megatron's `training ...` says what begins.
  const found = line.endsWith("...") ? null : heading.exec(line);
  return found === null ? undefined : sectionNamed(found);
}

/** A word for data anywhere before a value: `epoch=1 train loss=0.1 acc=0.9`, `msg="eval done" acc=0.8`. */
const looseWord = new RegExp(
  String.raw`(?<![\p{L}\d_./-])(${names})(?:_(?:step|epoch|iter|batch|done|end|set|loop))?(?![\p{L}\d_./-])`,
  "giu",
);
/** A quick test for `looseWord`. */
const mayHaveWord = /tr(?:ai)?n|val|vld|test|dev/iu;
/** Programs print these for steps of training. */
const stepQuantity =
  /(?:^|[\s|,;{"'[])(grad(?:ient)?[ _]?norm|learning[ _]rate|lr|loss[ _]scale|mfu|tps|(?:tflops?|tokens)[\w/]*)["']?\s*[:=]/iu;

/**
 * The section that a value probably belongs to, of a line for which `sectionAt` finds none. To be believed only of a
 * program that prints both sections.
 *
 * @param start index of the value's first character
 */
export function probableSectionAt(line: string, start: number): Section | undefined {
  const before = line.slice(0, start);
  const word = mayHaveWord.test(before) ? [...before.matchAll(looseWord)].at(-1) : undefined;
  if (word !== undefined) return sectionNamed(word);
  const quantity = stepQuantity.exec(line)?.[1];
  return quantity === undefined ? undefined : { kind: "training", word: quantity };
}

/** A line framed by signs, such as `===== Evaluation =====`, which begins a part of the output. */
export function isBanner(line: string): boolean {
  return /^\s*([=*#~_-])\1{2,}\s.*\S.*\s\1{3,}\s*$/u.test(line);
}

function sectionNamed(found: RegExpExecArray): Section {
  const word = found.slice(1).find((group) => group !== undefined) ?? "";
  return { kind: /^tr/iu.test(word) ? "training" : "evaluation", word };
}

/** The section that a line as a whole belongs to. */
function sectionOfLine(line: string): Section | undefined {
  const found = evaluationLine.exec(line);
  const evaluation = found?.[1] ?? found?.[2];
  if (evaluation !== undefined) return { kind: "evaluation", word: evaluation };
  const field = sectionOfField(line);
  if (field !== undefined) return field;
  const training = wordOfTrainingBatch(line);
  return training === undefined ? undefined : { kind: "training", word: training };
}

const validation = ["val", "valid", "validation", "validate"];

/** Words for a section, as names of metrics use them: `valid`, `val`, `validation`. */
export function wordsOfSection({ kind, word }: Section): readonly string[] {
  if (kind === "training") return ["train", "training"];
  const lower = word.toLowerCase();
  if (validation.includes(lower) || lower === "validating" || lower === "vld") return validation;
  return lower.startsWith("eval") ? ["eval", "evaluation"] : [lower];
}
