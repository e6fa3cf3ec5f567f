/**
 * Short names that are still unique: without the common leading folders, and without the last folder if it is
 * common too. A single id is reduced to its end.
 */
export function shortNames(ids: readonly string[]): readonly string[] {
  const parts = ids.map((id) => id.split("/"));
  const [first = []] = parts;
  const isShared = (at: number, fromEnd: boolean): boolean =>
    parts.every(
      (one) => one.length > 1 && one.at(fromEnd ? -at : at) === first.at(fromEnd ? -at : at),
    );
  let front = 0;
  while (front < first.length - 1 && isShared(front, false)) front += 1;
  const hasSharedEnd = ids.length > 1 && isShared(1, true);
  return parts.map((own, index) => {
    const kept = own.slice(Math.min(front, own.length - 1), hasSharedEnd ? -1 : undefined);
    return kept.length === 0 ? (ids[index] ?? "") : kept.join("/");
  });
}
