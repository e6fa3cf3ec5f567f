import type { RunPhase } from "../../schema/run/findings/silence.ts";

/** What a printed line looks like without its numbers, and what it says that the program does. */
export interface LineShape {
  /** Equal for lines of the same statement: `step # loss #`. */
  key: string;
  /** `other`: a line that names no phase. */
  kind: Exclude<RunPhase, "start"> | "other";
}

const maximumCharacters = 400;
const keyCharacters = 80;

const number = /[-+]?\d[\d_]*(?:[.,:]\d+)*(?:e[-+]?\d+)?/giu;
/** The filled and empty parts of progress bars. */
const bar = /\|[#=>.\s\d█▏▎▍▌▋▊▉-]*\||\[[#=>.\s-]*\]|[█▏▎▍▌▋▊▉▐━╸╺─]+[ .]*|[#=>.]{3,}/gu;
const mlperfKey = /^:::ML(?:L|PV0\.\d\.\d)\w*\s*\{.*?"key"\s*:\s*"([^"]+)"/u;

const checkpointWords = /checkpoint|ckpt|snapshot|(?:^|[^a-z])sav(?:e|ed|ing)(?=[^a-z]|$)/iu;
const evaluationWords = /(?:^|[^a-z])(?:eval[a-z]*|valid[a-z]*|val|test(?:ing)?)(?=[^a-z]|$)/iu;
const stepWords =
  /:::PITWALL|(?:^|[^a-z])(?:steps?|iters?|iterations?|epochs?|batch(?:es)?|updates?|it|loss|samples|tokens|tracked_stats|block_start|block_stop|epoch_start|epoch_stop)(?=[^a-z]|$)/iu;
/** A row of a table of numbers. */
const numbersOnly = /^[^\p{L}]*$/u;

/** @param line one printed line, without its line end */
export function shapeOfLine(line: string): LineShape {
  const text = line.slice(0, maximumCharacters);
  const logged = mlperfKey.exec(text)?.[1];
  if (logged !== undefined) return { key: logged, kind: kindOf(logged, true) };
  // Rows of a file of comma-separated values have no spaces between their numbers.
  const numbers = text.match(number)?.join(",").split(",").length ?? 0;
  const key = text
    .replaceAll(bar, "=")
    .replaceAll(number, "#")
    .replaceAll(/\s+/gu, " ")
    .trim()
    .slice(0, keyCharacters);
  const isRow = numbers > 1 && numbersOnly.test(key);
  return { key, kind: isRow ? "step" : kindOf(text, numbers > 0) };
}

function kindOf(text: string, hasNumber: boolean): LineShape["kind"] {
  if (checkpointWords.test(text)) return "checkpoint";
  if (evaluationWords.test(text)) return "evaluation";
  return hasNumber && stepWords.test(text) ? "step" : "other";
}
