/** The letter of an arm of a race: 1 is `A`. Without the schema library, because every run imports it. */
export function armLetter(arm: number): string {
  return String.fromCodePoint(64 + arm);
}
