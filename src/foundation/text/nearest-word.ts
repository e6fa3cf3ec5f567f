/** The closest known word, if it is close enough to suggest. */
export function nearestWord(word: string, known: readonly string[]): string | undefined {
  const wanted = word.toLowerCase();
  let best: { word: string; distance: number } | undefined;
  for (const candidate of known) {
    const distance = distanceTo(candidate.toLowerCase(), wanted);
    if (best === undefined || distance < best.distance) best = { word: candidate, distance };
  }
  if (best === undefined) return undefined;
  const farthest = Math.max(1, Math.floor(Math.max(wanted.length, best.word.length) / 3));
  const isPart = wanted.length >= 3 && best.word.toLowerCase().includes(wanted);
  return best.distance <= farthest || isPart ? best.word : undefined;
}

/** The beginning of a name counts as little more than one wrong letter, however long the rest is. */
function distanceTo(candidate: string, wanted: string): number {
  const distance = editDistance(wanted, candidate);
  const isBeginning = wanted.length >= 4 && candidate.startsWith(wanted);
  return isBeginning ? Math.min(distance, 1.5) : distance;
}

/**
 * Optimal string alignment distance: insert, delete, replace, or swap two adjacent letters, at cost
 * 1.
 */
export function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, column) => column);
  for (let row = 1; row <= a.length; row++) {
    const current = [row];
    for (let column = 1; column <= b.length; column++) {
      const swapped = isSwap(a, b, row, column) ? beforeLast[column - 2] : undefined;
      current.push(
        Math.min(
          (last[column] ?? 0) + 1,
          (current[column - 1] ?? 0) + 1,
          (last[column - 1] ?? 0) + (a[row - 1] === b[column - 1] ? 0 : 1),
          (swapped ?? Number.POSITIVE_INFINITY) + 1,
        ),
      );
    }
    beforeLast = last;
    last = current;
  }
  return last[b.length] ?? 0;
}

function isSwap(a: string, b: string, row: number, column: number): boolean {
  if (row < 2 || column < 2) return false;
  return a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1];
}
