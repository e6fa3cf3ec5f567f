/** C0 and C1 except tabs, line and paragraph separators, and characters that change text direction. */
const controls = /(?!\t)[\p{Cc}\u061c\u200e\u200f\u2028-\u202e\u2066-\u2069\ufeff]/gu;

/**
 * Replaces control characters by visible symbols, so that external text cannot hide or reorder other text: `␛` for ESC,
 * `⟨U+202E⟩` for a bidi override. Keeps tabs.
 */
export function visibleControls(text: string): string {
  return text.replace(controls, symbolOf);
}

function symbolOf(control: string): string {
  const code = control.charCodeAt(0);
  if (code < 0x20) return String.fromCharCode(0x2400 + code);
  if (code === 0x7f) return "\u2421";
  return `⟨U+${code.toString(16).toUpperCase().padStart(4, "0")}⟩`;
}
