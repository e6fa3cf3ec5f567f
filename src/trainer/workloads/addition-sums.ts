import { seededRandom } from "../../foundation/numbers/seeded-random.ts";

/** The token numbers of the characters of a sum: the ten digits map to themselves. */
export const plusToken = 10;
export const equalsToken = 11;
export const tokenCount = 12;

/** Two three-digit numbers and their sum, `123+456=9750`: twelve characters. */
export const sumLength = 12;
/** The answer's four digits, at the end. */
export const answerLength = 4;

const digitsOfTerm = 3;
const termCount = 10 ** digitsOfTerm;
const heldOutPairCount = 1000;

/** The training pairs and the held-out pairs of numbers. */
export interface SumSplit {
  /** Each pair as left * 1000 + right. */
  readonly training: Int32Array;
  readonly heldOut: Int32Array;
}

/**
 * Divides all 1,000,000 pairs. A pair is held out together with its mirror image, so no sum that is
 * evaluated was trained on in either order. The division is the same for every run.
 */
export function splitSums(): SumSplit {
  const random = seededRandom("addition: held-out pairs");
  const isHeldOut = new Uint8Array(termCount * termCount);
  const heldOut: number[] = [];
  while (heldOut.length < heldOutPairCount) {
    const [left, right] = [random.below(termCount), random.below(termCount)];
    const pair = left * termCount + right;
    if (isHeldOut[pair] === 1) continue;
    isHeldOut[pair] = 1;
    isHeldOut[right * termCount + left] = 1;
    heldOut.push(pair);
  }
  const training: number[] = [];
  for (const [pair, isOut] of isHeldOut.entries()) if (isOut === 0) training.push(pair);
  return { training: Int32Array.from(training), heldOut: Int32Array.from(heldOut) };
}

/**
 * Writes a sum as tokens. The terms are written with leading zeros; the answer is reversed,
 * units first, because carries propagate in that order.
 */
export function writeSumInto(tokens: Int32Array, pair: number): void {
  const [left, right] = [Math.floor(pair / termCount), pair % termCount];
  const characters = [
    ...digitsOf(left, digitsOfTerm).toReversed(),
    plusToken,
    ...digitsOf(right, digitsOfTerm).toReversed(),
    equalsToken,
    ...digitsOf(left + right, answerLength),
  ];
  tokens.set(characters);
}

/** Units first. */
function digitsOf(value: number, count: number): number[] {
  return Array.from({ length: count }, (_, place) => Math.floor(value / 10 ** place) % 10);
}
