import { seededRandom } from "../../build/foundation/numbers/seeded-random.js";

/** Draws the given number of logs at random, reproducibly by seed, and keeps their order. */
export function drawLogs(paths, count, seed) {
  const random = seededRandom(seed);
  const marked = paths.map((path) => ({ path, mark: random.uniform() }));
  const drawn = marked.toSorted((a, b) => a.mark - b.mark).slice(0, count);
  const chosen = new Set(drawn.map(({ path }) => path));
  return paths.filter((path) => chosen.has(path));
}
