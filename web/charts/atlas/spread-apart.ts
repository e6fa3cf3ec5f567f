/**
 * How far to move each of some positions down, so that neighbors are at least `gap` apart. The order stays.
 *
 * @returns in the order of the positions
 */
export function spreadApart(positions: readonly number[], gap: number): number[] {
  const shifts = positions.map(() => 0);
  let last = Number.NEGATIVE_INFINITY;
  const order = positions.map((at, index) => ({ at, index })).toSorted((a, b) => a.at - b.at);
  for (const { at, index } of order) {
    const placed = Math.max(at, last + gap);
    shifts[index] = placed - at;
    last = placed;
  }
  return shifts;
}
