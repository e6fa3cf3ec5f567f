// Errors of predictions: predicted over measured.

/**
 * Points, median, mean and largest absolute error, signed bias, the share inside the interval, and the mean width of the
 * interval, over the prediction.
 */
export function errorsOf(points) {
  const errors = points.map(({ ratio }) => Math.abs(ratio - 1)).toSorted((a, b) => a - b);
  const count = errors.length;
  if (count === 0) return undefined;
  const inside = points.filter(({ isInside }) => isInside !== undefined);
  const widths = inside.flatMap(({ width }) => width ?? []);
  return {
    count,
    median: quantile(errors, 0.5),
    mean: mean(errors),
    maximum: errors.at(-1),
    bias: mean(points.map(({ ratio }) => ratio - 1)),
    inside:
      inside.length === 0
        ? undefined
        : inside.filter(({ isInside }) => isInside).length / inside.length,
    width: widths.length === 0 ? undefined : mean(widths),
  };
}

export function mean(values) {
  return values.reduce((sum, value) => sum + value, 0) / values.length;
}

export function quantile(sorted, share) {
  const position = share * (sorted.length - 1);
  const below = sorted[Math.floor(position)];
  const above = sorted[Math.ceil(position)];
  return below + (above - below) * (position % 1);
}

export function median(values) {
  return quantile(
    values.toSorted((a, b) => a - b),
    0.5,
  );
}

/** Spearman's rank correlation; equal values share their mean rank. */
export function rankCorrelation(xs, ys) {
  const [a, b] = [ranksOf(xs), ranksOf(ys)];
  const [meanA, meanB] = [mean(a), mean(b)];
  const covariance = mean(a.map((rank, index) => (rank - meanA) * (b[index] - meanB)));
  const spread = (ranks, center) => Math.sqrt(mean(ranks.map((rank) => (rank - center) ** 2)));
  const scale = spread(a, meanA) * spread(b, meanB);
  return scale === 0 ? undefined : covariance / scale;
}

function ranksOf(values) {
  const sorted = values.toSorted((a, b) => a - b);
  return values.map((value) => (sorted.indexOf(value) + sorted.lastIndexOf(value)) / 2);
}

export function groupsOf(points, keyOf) {
  const groups = new Map();
  for (const point of points) {
    const key = keyOf(point);
    groups.set(key, [...(groups.get(key) ?? []), point]);
  }
  return groups;
}
