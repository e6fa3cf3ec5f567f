/**
 * Removes leading and trailing white space like Python's `strip` on Latin-1 text, including U+0085 and U+001C to
 * U+001F.
 */
export function trimWhiteSpace(text: string): string {
  let start = 0;
  let end = text.length;
  while (start < end && isWhiteSpace(text.charCodeAt(start))) start++;
  while (end > start && isWhiteSpace(text.charCodeAt(end - 1))) end--;
  return start === 0 && end === text.length ? text : text.slice(start, end);
}

export function isWhiteSpace(code: number): boolean {
  if (code > 0x20) return code === 0x85 || code === 0xa0;
  return code === 0x20 || (code >= 0x09 && code <= 0x0d) || code >= 0x1c;
}
