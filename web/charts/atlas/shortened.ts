/** Shortens a text to at most `maxLength` characters by replacing its middle, because names often differ at their ends. */
export function shortened(text: string, maxLength: number): string {
  if (text.length <= maxLength) return text;
  const remaining = Math.max(2, maxLength - 1);
  const head = Math.ceil(remaining / 2);
  return `${text.slice(0, head)}…${text.slice(text.length - (remaining - head))}`;
}
