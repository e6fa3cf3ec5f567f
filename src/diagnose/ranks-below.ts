/** Numbers from here on, in a line, a label or a dump, are not those of ranks. */
export const mostRanks = 65_536;

/** All ranks of a job with this many; none if no job has so many. */
export function ranksBelow(count: number): number[] {
  return count > mostRanks ? [] : Array.from({ length: count }, (_, rank) => rank);
}
