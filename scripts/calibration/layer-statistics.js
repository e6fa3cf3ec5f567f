// Statistics of measured over predicted.

export function median(values) {
  return quantile(values, 0.5);
}

export function quantile(values, share) {
  const sorted = values.toSorted((a, b) => a - b);
  const position = share * (sorted.length - 1);
  const below = sorted[Math.floor(position)] ?? 0;
  const above = sorted[Math.ceil(position)] ?? below;
  return Number((below + (above - below) * (position % 1)).toPrecision(4));
}

/** Mean of |predicted / measured - 1|. */
export function meanError(ratios) {
  const sum = ratios.reduce((total, ratio) => total + Math.abs(1 / ratio - 1), 0);
  return Number((sum / ratios.length).toPrecision(4));
}
