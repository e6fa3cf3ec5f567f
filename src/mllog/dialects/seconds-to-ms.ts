/**
 * Converts decimal seconds as text to milliseconds by moving the decimal point, which keeps all digits; undefined if
 * the text is not a number.
 */
export function secondsToMs(seconds: string): number | undefined {
  const match = /^(\d*)\.?(\d*)$/.exec(seconds);
  const [, whole = "", fraction = ""] = match ?? [];
  if (whole === "" && fraction === "") return undefined;
  return Number(`${whole}${fraction.slice(0, 3).padEnd(3, "0")}.${fraction.slice(3)}0`);
}
