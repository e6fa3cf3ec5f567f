/** Values of an offer, of which less is better in each. */
export type Objectives = readonly number[];

/** At least as good in everything, and better in something. */
export function dominates(one: Objectives, other: Objectives): boolean {
  let isBetter = false;
  for (const [at, value] of one.entries()) {
    const against = other[at] ?? 0;
    if (value > against) return false;
    if (value < against) isBetter = true;
  }
  return isBetter;
}

/**
 * The items that no other item dominates, by rising first objective. Of items with equal values the first one is kept.
 *
 * Sorted by all objectives in turn, an item can only be dominated by one before it, so each is compared with the front
 * so far alone.
 */
export function paretoFront<Item>(
  items: readonly Item[],
  objectivesOf: (item: Item) => Objectives,
): Item[] {
  const sorted = items
    .map((item) => ({ item, values: objectivesOf(item) }))
    .toSorted((a, b) => compareValues(a.values, b.values));
  const front: { item: Item; values: Objectives }[] = [];
  for (const candidate of sorted) {
    const isBeaten = front.some(
      ({ values }) =>
        dominates(values, candidate.values) || compareValues(values, candidate.values) === 0,
    );
    if (!isBeaten) front.push(candidate);
  }
  return front.map(({ item }) => item);
}

function compareValues(a: Objectives, b: Objectives): number {
  for (const [at, value] of a.entries()) {
    const difference = value - (b[at] ?? 0);
    if (difference !== 0) return difference;
  }
  return 0;
}
