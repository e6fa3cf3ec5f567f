/** Lines of cells as CSV by RFC 4180; numbers in full precision. */
export function csvOf(lines: readonly (readonly (string | number | boolean)[])[]): string {
  return lines.map((cells) => `${cells.map((cell) => csvText(String(cell))).join(",")}\n`).join("");
}

function csvText(text: string): string {
  return /[",\n\r]/u.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}
