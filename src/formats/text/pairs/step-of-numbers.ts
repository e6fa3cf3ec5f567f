import type { NamedNumber } from "../numbers/named-number.ts";

const stepName = /^(?:global[_ ]?step|(?:completed )?step|iteration|iter|epoch)$/iu;

/** The program's own count of steps among the numbers of a line; a step takes precedence over an epoch. */
export function stepOfNumbers(numbers: readonly NamedNumber[]): number | undefined {
  const counts = numbers.filter(({ name }) => stepName.test(name.trim()));
  const step = counts.find(({ name }) => !/epoch/iu.test(name)) ?? counts[0];
  return step?.number.value;
}
