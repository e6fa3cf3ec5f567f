/**
 * Whether a text matches a pattern in which `*` matches any characters and `?` one; case-insensitive. Linear in
 * practice: matching backtracks to one position only and does not use a regular expression.
 */
export function matchesGlob(text: string, pattern: string): boolean {
  const letters = text.toLowerCase();
  const wanted = pattern.toLowerCase();
  let [at, place] = [0, 0];
  let fallBack: { at: number; place: number } | undefined;
  while (at < letters.length) {
    const token = wanted[place];
    if (token === "*") {
      fallBack = { at, place };
      place += 1;
    } else if (token === "?" || (token !== undefined && token === letters[at])) {
      at += 1;
      place += 1;
    } else if (fallBack !== undefined) {
      fallBack = { at: fallBack.at + 1, place: fallBack.place };
      at = fallBack.at;
      place = fallBack.place + 1;
    } else return false;
  }
  return /^\**$/u.test(wanted.slice(place));
}
