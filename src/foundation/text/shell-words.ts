/** A command line, split without a shell; or the reason why only a shell can run it. */
export type ShellWords =
  | { kind: "words"; words: string[] }
  /** It has an operator, a variable, a pattern or the like outside of quotes. */
  | { kind: "needs-shell" }
  | { kind: "unclosed-quote"; quote: "'" | '"' | "\\" };

/** Characters that mean something to a shell outside of quotes. A brace does not: `{seed}` is a placeholder. */
const shellCharacters = /[|&;<>()$`*?[\]#\n!]/u;
const assignment = /^[A-Za-z_]\w*=/u;

/**
 * Splits a command into words by the quoting rules of POSIX shells: single quotes, double quotes and backslashes.
 *
 * @see https://pubs.opengroup.org/onlinepubs/9799919799/utilities/V3_chap02.html section 2.2
 */
export function shellWords(text: string): ShellWords {
  const words: string[] = [];
  let word: string | undefined;
  for (let index = 0; index < text.length; index++) {
    const letter = text.charAt(index);
    if (/\s/u.test(letter) && letter !== "\n") {
      if (word !== undefined) words.push(word);
      word = undefined;
      continue;
    }
    const piece = pieceAt(text, index, word === undefined);
    if (piece.kind !== "piece") return piece;
    word = (word ?? "") + piece.text;
    index = piece.end;
  }
  if (word !== undefined) words.push(word);
  const [first = ""] = words;
  // `LR=0.1 python train.py` sets a variable; a quoted first word with a sign is rare enough to leave to the shell.
  return assignment.test(first) ? { kind: "needs-shell" } : { kind: "words", words };
}

type Piece = { kind: "piece"; text: string; end: number } | Exclude<ShellWords, { kind: "words" }>;

function pieceAt(text: string, index: number, isWordStart: boolean): Piece {
  const letter = text.charAt(index);
  if (letter === "'") {
    const end = text.indexOf("'", index + 1);
    if (end === -1) return { kind: "unclosed-quote", quote: "'" };
    return { kind: "piece", text: text.slice(index + 1, end), end };
  }
  if (letter === '"') return doubleQuoted(text, index + 1);
  if (letter === "\\") {
    if (index + 1 >= text.length) return { kind: "unclosed-quote", quote: "\\" };
    return { kind: "piece", text: text.charAt(index + 1), end: index + 1 };
  }
  const isTilde = letter === "~" && isWordStart;
  if (shellCharacters.test(letter) || isTilde) return { kind: "needs-shell" };
  return { kind: "piece", text: letter, end: index };
}

/** In double quotes, a backslash escapes only what would be special there. */
function doubleQuoted(text: string, start: number): Piece {
  let quoted = "";
  for (let index = start; index < text.length; index++) {
    const letter = text.charAt(index);
    if (letter === '"') return { kind: "piece", text: quoted, end: index };
    if (letter === "$" || letter === "`") return { kind: "needs-shell" };
    const next = text.charAt(index + 1);
    const isEscape = letter === "\\" && ['"', "\\", "$", "`"].includes(next);
    quoted += isEscape ? next : letter;
    if (isEscape) index += 1;
  }
  return { kind: "unclosed-quote", quote: '"' };
}
