/** Shortens a text to at most `maxLength` characters by replacing its middle, because names often differ at their ends. */
export function shortened(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  const remaining = Math.max(2, maxLength - 1);
  const head = Math.ceil(remaining / 2);
  return `${text.slice(0, head)}…${text.slice(text.length - (remaining - head))}`;
}

/** Breaks a text of several words that is too long at the space nearest its middle, and shortens what is still too long. */
export function inTwoLines(text: string, maxLength: number): string {
  const breaks = [...text.matchAll(/ /gu)].map(({ index }) => index);
  if (text.length <= maxLength || breaks.length === 0) return shortened(text, maxLength);
  const middle = text.length / 2;
  const [at = 0] = breaks.toSorted((a, b) => Math.abs(a - middle) - Math.abs(b - middle));
  const lines = [text.slice(0, at), text.slice(at + 1)];
  return lines.map((line) => shortened(line, maxLength)).join("\n");
}
