/** One measurement of a run. */
export interface SeriesPoint {
  timeMs: number;
  value: number;
  /** Samples (epochs, steps) seen by then. */
  samples: number | undefined;
}

/**
 * Leaves out points of a long series and none of its extremes: the first and the last stay, and of every stretch
 * between them the minimum and the maximum, in their order.
 *
 * @param mostPoints 4 at least
 */
export function thinSeries(
  points: readonly SeriesPoint[],
  mostPoints: number,
): readonly SeriesPoint[] {
  if (points.length <= mostPoints) return points;
  const inner = points.slice(1, -1);
  const stretchCount = Math.floor((mostPoints - 2) / 2);
  const kept: SeriesPoint[] = points.slice(0, 1);
  for (let stretch = 0; stretch < stretchCount; stretch++) {
    const from = Math.floor((stretch * inner.length) / stretchCount);
    const to = Math.floor(((stretch + 1) * inner.length) / stretchCount);
    kept.push(...extremesOf(inner.slice(from, to)));
  }
  return [...kept, ...points.slice(-1)];
}

function extremesOf(stretch: readonly SeriesPoint[]): SeriesPoint[] {
  const [first, ...others] = stretch;
  if (first === undefined) return [];
  let least = first;
  let greatest = first;
  for (const point of others) {
    if (point.value < least.value) least = point;
    if (point.value >= greatest.value) greatest = point;
  }
  if (least === greatest) return [least];
  return stretch.indexOf(least) < stretch.indexOf(greatest) ? [least, greatest] : [greatest, least];
}
