/** Round numbers within a range, at most `maximumCount` of them. */
export function axisTicks(from: number, to: number, maximumCount: number): number[] {
  const span = to - from;
  if (!(span > 0) || !Number.isFinite(span)) return [from];
  const power = 10 ** Math.floor(Math.log10(span / maximumCount));
  const step = [1, 2, 5, 10].map((factor) => factor * power).find((s) => span / s <= maximumCount);
  if (step === undefined) return [from];
  const first = Math.ceil(from / step - 1e-9);
  const count = Math.floor(to / step + 1e-9) - first + 1;
  // Dividing keeps 0.3 from becoming 0.30000000000000004.
  return Array.from({ length: Math.max(0, count) }, (_, index) =>
    Number(((first + index) * step).toPrecision(12)),
  );
}
