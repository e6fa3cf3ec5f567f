import type { Accelerator } from "../../schema/catalogue.ts";

/**
 * Numbers of accelerators to consider: powers of two, whole scale-up domains such as 72 and their doublings, and the
 * given ones; by rising number.
 *
 * @param published numbers with a published result
 */
export function candidateCounts(
  { scaleUpCount }: Pick<Accelerator, "scaleUpCount">,
  { smallest = 1, largest }: { smallest?: number; largest: number },
  published: readonly number[] = [],
): number[] {
  const counts = new Set(published);
  const domain = scaleUpCount > 1 && scaleUpCount <= largestDomain ? scaleUpCount : 1;
  for (const base of [1, domain])
    for (let count = base; count <= largest; count *= 2) counts.add(count);
  return [...counts]
    .filter((count) => count >= smallest && count <= largest)
    .toSorted((a, b) => a - b);
}

/** A TPU slice can be any power of two up to thousands, which the powers of two contain. */
const largestDomain = 144;
