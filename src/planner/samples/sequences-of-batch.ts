/** How far a batch may be from the requested number of tokens. */
const tolerance = 0.05;

/**
 * Sequences of a global batch of about `tokens`. Of the counts within 5 %, the one that the largest power of two divides:
 * ranks and micro batches have to divide it, and `4M` tokens usually mean 4,194,304.
 */
export function sequencesOfBatch(tokens: number, sequenceLength: number): number {
  const exact = tokens / sequenceLength;
  for (let power = 2 ** Math.ceil(Math.log2(Math.max(1, exact))); power > 1; power /= 2) {
    const count = power * Math.round(exact / power);
    if (Math.abs(count / exact - 1) <= tolerance) return count;
  }
  return Math.max(1, Math.round(exact));
}
