/** One measurement of a run. */
export interface SeriesPoint {
  timeMs: number;
  value: number;
  /** Samples (epochs, steps) processed by then. */
  samples: number | undefined;
}

/**
 * Reduces the points of a long series but keeps its extremes: the first and last point, and the minimum and maximum of
 * each section between them, in their original order.
 *
 * @param maximumPoints at least 4
 */
export function thinSeries(
  points: readonly SeriesPoint[],
  maximumPoints: number,
): readonly SeriesPoint[] {
  if (points.length <= maximumPoints) return points;
  const inner = points.slice(1, -1);
  const stretchCount = Math.floor((maximumPoints - 2) / 2);
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
  let minimum = first;
  let maximum = first;
  for (const point of others) {
    if (point.value < minimum.value) minimum = point;
    if (point.value >= maximum.value) maximum = point;
  }
  if (minimum === maximum) return [minimum];
  return stretch.indexOf(minimum) < stretch.indexOf(maximum)
    ? [minimum, maximum]
    : [maximum, minimum];
}
