/** A word in quotes, for a command in a sentence. */
export function quotedWord(word: string): string {
  if (!word.includes("'")) return `'${word}'`;
  return /["$`\\!]/u.test(word) ? shellWord(word) : `"${word}"`;
}

/** A word for a POSIX shell, quoted only if it has to be. */
export function shellWord(word: string): string {
  return /^[\w@%+=:,./-]+$/u.test(word) ? word : `'${word.replaceAll("'", "'\\''")}'`;
}
