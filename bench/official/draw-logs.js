import { seededRandom } from "../../build/foundation/seeded-random.js";

/** As many logs as asked for, drawn at random and the same for the same seed; in their order. */
export function drawLogs(paths, count, seed) {
  const random = seededRandom(seed);
  const marked = paths.map((path) => ({ path, mark: random.uniform() }));
  const drawn = marked.toSorted((a, b) => a.mark - b.mark).slice(0, count);
  const chosen = new Set(drawn.map(({ path }) => path));
  return paths.filter((path) => chosen.has(path));
}
