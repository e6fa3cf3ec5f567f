/**
 * A time limit in the notation of Slurm: `30` minutes, `30:00`, `2:00:00`, `1-12`, `1-12:00`, `1-12:00:00`, `UNLIMITED`.
 *
 * @returns milliseconds, Infinity for no limit, undefined if it is not in this notation
 */
export function parseSlurmTime(text: string): number | undefined {
  if (/^(?:infinite|unlimited)$/iu.test(text)) return Infinity;
  const found = /^(?:(\d+)-)?(\d+)(?::(\d+))?(?::(\d+))?$/u.exec(text);
  if (found === null) return undefined;
  const [days, first = 0, second, third] = found
    .slice(1)
    .map((part: string | undefined) => (part === undefined ? undefined : Number(part)));
  // After days, the first number is hours; alone it is minutes, with two it is minutes and seconds.
  if (days !== undefined) return seconds(days * 24 + first, second ?? 0, third ?? 0);
  if (third !== undefined) return seconds(first, second ?? 0, third);
  return seconds(0, first, second ?? 0);
}

function seconds(hours: number, minutes: number, rest: number): number {
  return ((hours * 60 + minutes) * 60 + rest) * 1000;
}
