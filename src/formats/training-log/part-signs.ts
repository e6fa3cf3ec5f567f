import type { LogTextLine } from "./read-log-line.ts";

/** A number that counts the progress of a training. */
export interface Counter {
  kind: "epoch" | "step";
  count: number;
}

const epochName = /^(?:(?:train(?:ing)?|current|global)[ _])?epoch$/iu;
const stepName =
  /^(?:(?:train(?:ing)?|completed|current|global|optimizer)[ _])?(?:step|iter|iteration|update|round)s?$/iu;
/** `[12]\ttrain-auc:0.9`, as gradient boosting libraries print it. */
const bracketCount = /^\[(\d+)\]\s/u;
/** `~~21<tab>0.31132<tab>…`, as the ImageNet training of 2018 prints it. */
const hoursCount = /^\s*~~\s*(\d+(?:\.\d+)?)\t/u;
/** `Epoch: [21][175/179]`. */
const bracketEpoch = /^(?:train(?:ing)? )?epoch:? ?\[(\d+)\]/iu;

/** Names of numbers that do not show how well a model is trained. */
const unrelatedName = /time|elapsed|second|learning.?rate|(?:^|[_/])lr$|tokens|samples|speed/iu;

/** Whether a number may show how far a training is: not a counter, a duration or a setting. */
export function isProgressName(name: string): boolean {
  const word = name.trim();
  return !epochName.test(word) && !stepName.test(word) && !unrelatedName.test(word);
}

/** The epoch of a line, or else its step. */
export function counterOf({ text, numbers }: LogTextLine): Counter | undefined {
  const epoch = numbers.find(({ name }) => epochName.test(name.trim()));
  if (epoch !== undefined) return { kind: "epoch", count: epoch.number.value };
  const written = (bracketEpoch.exec(text) ?? hoursCount.exec(text))?.[1];
  if (written !== undefined) return { kind: "epoch", count: Number(written) };
  const step = numbers.find(({ name }) => stepName.test(name.trim()));
  if (step !== undefined) return { kind: "step", count: step.number.value };
  const round = bracketCount.exec(text)?.[1];
  return round === undefined ? undefined : { kind: "step", count: Number(round) };
}

const markerName =
  /^(?:run|trial|(?:random[ _])?seed|fold|repeat|repetition|replicate|experiment)(?:[ _]?(?:id|index|number))?$/iu;
const marker =
  /^[\W_]*(?:(?:starting|begin(?:ning)?|training|launching)\s+)?(?<name>run|trial|(?:random\s)?seed|fold|repeat|repetition|replicate|experiment)\b\s*(?:no\.?|number|#|id|index|with seed)?\s*[=:#[(]?\s*\d+/iu;
const warmup = /(?:^|[|,])\s*warm-?up\s*(?:$|[|,])|\bwarm-?up run\b/iu;

/** A line that says which training begins: `Run 2/5`, `seed: 3`, or a first cell `warmup`. */
export function markerOf({
  text,
  numbers,
}: LogTextLine): { name: string; isWarmup: boolean } | undefined {
  const isWarmup = warmup.test(text);
  const number = numbers.find(({ name }) => markerName.test(name.trim()));
  if (number !== undefined) return { name: number.name.trim(), isWarmup };
  const name = marker.exec(text)?.groups?.["name"]?.toLowerCase();
  if (name !== undefined) return { name, isWarmup };
  return isWarmup ? { name: "run", isWarmup } : undefined;
}

const mllogKey = /"key":\s*"([^"]*)"/u;

/** The key of an MLLOG line. */
export function mllogKeyOf(text: string): string | undefined {
  return text.includes(":::ML") ? (mllogKey.exec(text)?.[1] ?? "") : undefined;
}
