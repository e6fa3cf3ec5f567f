import type { SeededRandom } from "../../foundation/numbers/seeded-random.ts";

/** One draw of how often something interrupts a training, and what an interruption costs. */
export interface Losses {
  expectedCount: number;
  /** Decides on the number of interruptions, which is nearly always 0. */
  uniform: number;
  restartMs: number;
  /** The most work that an interruption repeats. */
  longestMs: number;
}

/** Each restart takes half to one and a half times its mean; an interruption falls anywhere between two checkpoints. */
export function lostTimeMs(losses: Losses, random: SeededRandom): number {
  const { restartMs, longestMs } = losses;
  const count = interruptionCount(losses, random);
  if (count > manyInterruptions) {
    const deviation = Math.sqrt((count * (restartMs ** 2 + longestMs ** 2)) / 12);
    return Math.max(0, count * (restartMs + longestMs / 2) + deviation * random.normal());
  }
  let lost = 0;
  for (let index = 0; index < count; index++)
    lost += restartMs * (0.5 + random.uniform()) + longestMs * random.uniform();
  return lost;
}

/** From here on, sums are close enough to a normal distribution. */
const manyInterruptions = 20;

/** A Poisson distribution by Knuth's method; for large means the normal approximation. */
function interruptionCount({ expectedCount: mean, uniform }: Losses, random: SeededRandom): number {
  if (mean <= 0) return 0;
  if (mean > manyInterruptions)
    return Math.max(0, Math.round(mean + Math.sqrt(mean) * random.normal()));
  const limit = Math.exp(-mean);
  let count = 0;
  for (let product = uniform; product > limit; product *= random.uniform()) count += 1;
  return count;
}
