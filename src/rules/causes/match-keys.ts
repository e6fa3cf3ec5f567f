import { editDistance } from "../../foundation/text/nearest-word.ts";

export interface KeyPair {
  wanted: string;
  written: string;
}

/**
 * Pairs missing keys with unknown keys of nearly the same name, nearest first; each key is used once.
 *
 * @param missing required keys that are not logged
 * @param unknown logged keys that no rule reads
 */
export function matchKeys(missing: readonly string[], unknown: readonly string[]): KeyPair[] {
  const candidates = missing
    .flatMap((wanted) =>
      unknown.map((written) => ({ wanted, written, distance: distanceOf(wanted, written) })),
    )
    .filter(({ distance }) => distance <= 1)
    .toSorted((a, b) => a.distance - b.distance);
  const used = new Set<string>();
  return candidates.flatMap(({ wanted, written }) => {
    if (used.has(`wanted ${wanted}`) || used.has(`written ${written}`)) return [];
    used.add(`wanted ${wanted}`).add(`written ${written}`);
    return [{ wanted, written }];
  });
}

/** Up to 1 for names that are nearly equal: a fifth of the letters differ, or whole words were added or left out. */
function distanceOf(wanted: string, written: string): number {
  const [a, b] = [plainName(wanted), plainName(written)];
  const letters = editDistance(a, b) / Math.max(1, Math.floor(Math.max(a.length, b.length) / 5));
  return Math.min(letters, wordDistance(wanted, written));
}

function plainName(key: string): string {
  return key.toLowerCase().replaceAll(/[^a-z0-9]/gu, "");
}

/** Names of the same words, abbreviated or with a synonym; or one word added or left out, in names of at least three. */
function wordDistance(wanted: string, written: string): number {
  const [a, b] = [wordsOf(wanted), wordsOf(written)];
  if (a.length === b.length && a.every((word, index) => isSameWord(word, b[index] ?? ""))) return 1;
  // `start_run` for `run_start`.
  if (a.toSorted().join(" ") === b.toSorted().join(" ")) return 1;
  const shared = a.filter((word) => b.includes(word)).length;
  const longest = Math.max(a.length, b.length);
  return longest >= 3 && longest - shared <= 1 && a.length !== b.length ? 1 : 2;
}

function wordsOf(key: string): string[] {
  return key
    .replaceAll(/([a-z])([A-Z])/gu, "$1_$2")
    .toLowerCase()
    .split(/[^a-z0-9]+/u)
    .flatMap((word) => synonyms.get(word) ?? [word])
    .filter((word) => word !== "");
}

/** `seq` for `sequence`. */
function isSameWord(a: string, b: string): boolean {
  const [short, long] = a.length < b.length ? [a, b] : [b, a];
  return a === b || (short.length >= 3 && long.startsWith(short));
}

/** Words that programs write for those of the rules. */
const synonyms: ReadonlyMap<string, readonly string[]> = new Map([
  ["begin", ["start"]],
  ["bs", ["batch", "size"]],
  ["end", ["stop"]],
  ["finish", ["stop"]],
  ["lr", ["learning", "rate"]],
]);
