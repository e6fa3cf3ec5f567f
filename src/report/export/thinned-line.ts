export interface ChartPoint {
  x: number;
  y: number;
}

const maximumPointCount = 1600;

/** A line with fewer points that looks the same: the first, lowest, highest and last point of each group in order. */
export function thinnedLine(points: readonly ChartPoint[]): readonly ChartPoint[] {
  if (points.length <= maximumPointCount) return points;
  const size = Math.ceil((points.length * 4) / maximumPointCount);
  const kept: ChartPoint[] = [];
  for (let at = 0; at < points.length; at += size) {
    const group = points.slice(at, at + size);
    const byValue = group.toSorted((one, other) => one.y - other.y);
    const chosen = new Set([group.at(0), byValue.at(0), byValue.at(-1), group.at(-1)]);
    kept.push(...group.filter((point) => chosen.has(point)));
  }
  return kept;
}
