import { formatCount, formatSignificant } from "../foundation/numbers/units.ts";

/** `1 run`, `3 runs`, `2 processes`. */
export function countOf(count: number, word: string): string {
  return `${formatCount(count)} ${plural(count, word)}`;
}

export function plural(count: number, word: string): string {
  if (count === 1) return word;
  return /(?:s|sh|ch|x)$/u.test(word) ? `${word}es` : `${word}s`;
}

/** Samples per second: an integer from 100 up, three significant digits below. */
export function formatRate(perSecond: number): string {
  return perSecond >= 100 ? formatCount(perSecond) : formatSignificant(perSecond, 3);
}
