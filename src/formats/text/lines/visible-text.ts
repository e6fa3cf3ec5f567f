const escape = String.fromCodePoint(0x1b);
const bell = String.fromCodePoint(0x07);
const backspace = "\b";

/** Terminal escape sequences: CSI, OSC and other strings, and two-character escapes. */
const sequences = new RegExp(
  [
    `${escape}\\[[0-?]*[ -/]*[@-~]`,
    `${escape}[\\]PX^_][^${bell}${escape}]*(?:${bell}|${escape}\\\\)?`,
    `${escape}[ -/]*[0-~]?`,
  ].join("|"),
  "gu",
);

/**
 * One line as a terminal shows it: without escape sequences and control characters, with
 * backspaces applied. Tabs are kept.
 */
export function visibleText(line: string): string {
  if (!hasControl(line)) return line;
  const plain = line.includes(escape) ? line.replaceAll(sequences, "") : line;
  return hasControl(plain) ? withoutControls(plain) : plain;
}

function hasControl(text: string): boolean {
  return controls.test(text);
}

// oxlint-disable-next-line no-control-regex -- control characters are what it finds
const controls = /[\u0000-\u0008\n-\u001F\u007F]/;

/** C0 controls except the tab, and DEL. C1 controls are kept: in text decoded as Latin-1 they are parts of letters. */
function isControl(code: number): boolean {
  return (code < 0x20 && code !== 0x09) || code === 0x7f;
}

function withoutControls(text: string): string {
  const kept: string[] = [];
  for (const character of text) {
    if (character === backspace) kept.pop();
    else if (!isControl(character.charCodeAt(0))) kept.push(character);
  }
  return kept.join("");
}
