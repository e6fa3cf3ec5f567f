/**
 * Orders items so that those whose paths begin with the same parts are together: first by the first part, then by the second. At each part,
 * the one that appears first comes first.
 */
export function orderByPath<Item>(
  items: readonly Item[],
  pathOf: (item: Item) => readonly string[],
): Item[] {
  return ordered(
    items.map((item) => ({ item, path: pathOf(item) })),
    0,
  ).map(({ item }) => item);
}

interface Placed<Item> {
  item: Item;
  path: readonly string[];
}

function ordered<Item>(placed: readonly Placed<Item>[], depth: number): Placed<Item>[] {
  const groups = new Map<string | undefined, Placed<Item>[]>();
  for (const each of placed) {
    const part = each.path[depth];
    groups.set(part, [...(groups.get(part) ?? []), each]);
  }
  return [...groups].flatMap(([part, group]) =>
    part === undefined || group.length === 1 ? group : ordered(group, depth + 1),
  );
}
