/** A text of at most so many characters, its middle left out where it is longer: names differ at their ends. */
export function shortened(text: string, most: number): string {
  if (text.length <= most) return text;
  const room = Math.max(2, most - 1);
  const head = Math.ceil(room / 2);
  return `${text.slice(0, head)}…${text.slice(text.length - (room - head))}`;
}
