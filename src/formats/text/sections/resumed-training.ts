/** A quick test for the words of all patterns below. */
const anyWord = /resum|restor|checkpoint|ckpt|will skip the first/iu;

/** Wordings that state that training goes on from a checkpoint; `state` is the step or epoch that they name. */
const claims: readonly RegExp[] = [
  /\b(?:resuming|resumed?|continuing|continued?)\b.{0,40}\bfrom\b.{0,40}\b(?:checkpoint|ckpt|snapshot)\b/iu,
  /\b(?:resuming|resumed|continuing) (?:the )?training\b.{0,20}\b(?:from|at)\b/iu,
  /\bresum(?:ing|ed) (?:from|at) (?:global[ _])?(?:epoch|step|iteration|iter)\b/iu,
  /\brestored all states from the checkpoint\b/iu,
  /\brestoring states from the checkpoint path\b/iu,
  /\bwill skip the first \d/iu,
  /\b(?:loaded|loading|restored) (?:the )?(?:checkpoint|ckpt)\b.{0,200}\b(?:epoch|step|iteration|iter)\b/iu,
];

/** Wordings of the same kind that state the opposite, or list an option. */
const denials =
  /\b(?:no|not|never|without|cannot|failed|none|null|false|scratch)\b|=\s*(?:['"]{2}|None|False|null)?\s*(?:,|$)/iu;
/** A training that starts at step 0 starts from the beginning. */
const position = /\b(?:epoch|step|iteration|iter)s?\b\W{0,3}(\d+)/giu;

const mostLineLength = 500;

/**
 * The first line of a text that states that the program continues a training from a checkpoint; undefined if none does.
 * Loading weights is not enough: a line counts if it says that training resumes, or if it names the step of a checkpoint.
 */
export function resumeLine(text: string): string | undefined {
  if (!anyWord.test(text)) return undefined;
  return text
    .split(/\r\n|\n|\r/u)
    .find(statesResume)
    ?.trim()
    .slice(0, mostLineLength);
}

function statesResume(line: string): boolean {
  if (line.length > mostLineLength || !claims.some((claim) => claim.test(line))) return false;
  if (denials.test(line)) return false;
  const positions = [...line.matchAll(position)].map((match) => Number(match[1]));
  return positions.length === 0 || positions.some((count) => count > 0);
}
