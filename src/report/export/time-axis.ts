const units = [
  { unit: "h", unitMs: 3_600_000 },
  { unit: "min", unitMs: 60_000 },
  { unit: "s", unitMs: 1000 },
] as const;

/** The largest unit of which the longest time is at least two. */
export function timeAxis(longestMs: number): { unit: string; unitMs: number } {
  return units.find(({ unitMs }) => longestMs >= 2 * unitMs) ?? { unit: "s", unitMs: 1000 };
}
