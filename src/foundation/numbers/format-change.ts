/** A factor as a change: `+6 %`, `-12 %`, `0 %`. */
export function formatChange(factor: number): string {
  const percent = Math.round(100 * (factor - 1));
  return `${percent > 0 ? "+" : ""}${percent} %`;
}
