/** A unit in brackets at the end of a name: `loss [nats]`, `Accuracy (%)`. */
const unit =
  /\s*[[(](?:%|pct|percent|nats?|bits?|bpc|bpd|bpb|dB|m?s|sec(?:onds)?|min(?:utes)?|h(?:ours)?|[KMG]i?B|W|J)[\])]$/u;

/** The unit in brackets at the end of a name, with the blanks before it; empty without one. */
export function unitOfName(name: string): string {
  return /[\])]$/u.test(name) ? (unit.exec(name)?.[0] ?? "") : "";
}

/** A name without the unit in brackets at its end. */
export function withoutUnit(name: string): string {
  return name.slice(0, name.length - unitOfName(name).length);
}

/** Whether a name says that its numbers are percentages: `Accuracy (%)`. */
export function isPercentName(name: string): boolean {
  return /[[(](?:%|pct|percent)[\])]$/u.test(name);
}
