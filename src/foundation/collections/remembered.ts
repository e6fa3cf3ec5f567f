const maximumRemembered = 1000;

/** A pure function of a text that stores its newest results, for texts that repeat. */
export function remembered<Result>(compute: (text: string) => Result): (text: string) => Result {
  const results = new Map<string, { result: Result }>();
  return (text) => {
    const known = results.get(text);
    if (known !== undefined) return known.result;
    const result = compute(text);
    if (results.size >= maximumRemembered) results.clear();
    // A part of a longer text would keep all of it in memory; this is a copy.
    results.set(Array.from(text).join(""), { result });
    return result;
  };
}
