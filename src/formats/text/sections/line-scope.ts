import { isEvaluationName } from "../../../schema/run/outcome/evaluation-name.ts";

/**
 * Counters of a pass over the data: `Epoch: [21][175/179]`, `Epoch [1/10], Step [100/600]`, `Test: [5/7]`,
 * `batch 3/100`, and the bars of tqdm and Keras. The last two groups are the position and the length.
 */
const counters = [
  /\b(?:mini-?)?batch(?:es)?\b\W{0,3}(\d+)\s*(?:\/|of)\s*(\d+)/iu,
  /\bepoch\b[^/\d]{0,10}\[?\s*(?:\d+\/)?\d+\]?[\s,|:-]*(?:(?:step|iter(?:ation)?|it)\b\W{0,3})?\[\s*(\d+)\s*\/\s*(\d+)/iu,
  /\b(?:train(?:ing)?|val(?:id(?:ation)?)?|eval(?:uation)?|test(?:ing)?)\b\]?[^[\]|]{0,16}(?:\[\d+\])?\s*\[\s*(\d+)\s*\/\s*(\d+)/iu,
  /(?:^|\s)(\d+)\/(\d+)\s+(?:[━─]|\[[=>.])/u,
  /(?:^|\s)(\d+)\s*\/\s*(\d+)\s+(?:mini-?)?batches\b/iu,
];
/** `batch: 99`: the position in a pass of unknown length. */
const batchNumber = /\b(?:mini-?)?batch(?:_idx)?\b\s*[:=#]?\s*\d+(?![\d.]*\s*(?:\/|of\b))/iu;
const evaluationCounter =
  /\b(?:val(?:id(?:ation)?)?|eval(?:uation)?|test(?:ing)?)\b\]?[^[\]|]{0,16}(?:\[\d+\])?\s*\[\s*(\d+)\s*\/\s*\d+/iu;
const percentBar = /(?:^|[\s:])(\d{1,3})%\s?\|/u;
/** The part of a line before its bar: `Validation DataLoader 0: 50%|`. */
const evaluationPass =
  /\b(?:val(?:id(?:at\w*)?)?|eval(?:uat\w*)?|test(?:ing)?)\b[^%]{0,60}\d%\s?\|/iu;

/** The part of a pass over the data that a line describes. */
export type LineScope =
  /** No counter of a pass: an evaluation, an epoch, a training step. */
  | "whole"
  /** The last line of a pass. */
  | "end-of-pass"
  | "part-of-pass";

export function scopeOfLine(line: string): LineScope {
  const ofPass = scopeInPass(line);
  if (ofPass !== "whole" || !/batch/iu.test(line)) return ofPass;
  return batchNumber.test(line) ? "part-of-pass" : "whole";
}

function scopeInPass(line: string): LineScope {
  // Every counter and bar has one of these; searching the others for each pattern takes most of the time of a line.
  if (!line.includes("/") && !line.includes("%") && !/of/iu.test(line)) return "whole";
  const percent = percentBar.exec(line)?.[1];
  if (percent !== undefined) return Number(percent) >= 100 ? "end-of-pass" : "part-of-pass";
  for (const counter of counters) {
    const found = counter.exec(line);
    if (found !== null)
      // Some programs count from 0.
      return Number(found[1]) + 1 >= Number(found[2]) ? "end-of-pass" : "part-of-pass";
  }
  return "whole";
}

/** The position of a line in a pass over evaluation data: 5 of `Test: [5/7]`. */
export function positionInEvaluation(line: string): number | undefined {
  if (!line.includes("[")) return undefined;
  const position = evaluationCounter.exec(line)?.[1];
  return position === undefined ? undefined : Number(position);
}

/** Whether a line shows how far a pass is, and does not say that it is one over evaluation data. */
export function isInOtherPass(line: string): boolean {
  const isOfEvaluation = evaluationPass.test(line) || positionInEvaluation(line) !== undefined;
  return !isOfEvaluation && scopeOfLine(line) !== "whole";
}

/** Whether a bar shows the result of an earlier evaluation, as Lightning's training bar shows `val_loss`. */
export function showsEarlierResult(line: string, metric: string): boolean {
  return percentBar.test(line) && isEvaluationName(metric) && !evaluationPass.test(line);
}
