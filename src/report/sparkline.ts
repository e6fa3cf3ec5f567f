const bars = ["▁", "▂", "▃", "▄", "▅", "▆", "▇", "█"] as const;

/** A line of bars scaled from the minimum to the maximum. If there are more values than bars, each bar shows a mean. */
export function sparkline(values: readonly number[], width: number): string {
  if (values.length === 0 || width < 1) return "";
  const columns = Math.min(width, values.length);
  const means = Array.from({ length: columns }, (_, column) => {
    const from = Math.floor((column * values.length) / columns);
    const to = Math.floor(((column + 1) * values.length) / columns);
    return values.slice(from, to).reduce((sum, value) => sum + value, 0) / (to - from);
  });
  const minimum = means.reduce((a, b) => Math.min(a, b), Number.POSITIVE_INFINITY);
  const maximum = means.reduce((a, b) => Math.max(a, b), Number.NEGATIVE_INFINITY);
  const range = maximum - minimum;
  return means.map((mean) => bars[barOf(mean, minimum, range)] ?? "").join("");
}

function barOf(value: number, minimum: number, range: number): number {
  if (range === 0) return 3;
  return Math.min(bars.length - 1, Math.floor(((value - minimum) / range) * bars.length));
}
