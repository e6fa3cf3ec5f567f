import { describe, expect, test } from "vitest";
import { thinnedLine } from "./thinned-line.ts";

describe("thinnedLine", () => {
  test("keeps extremes and both ends of a long line, in order", () => {
    const points = Array.from({ length: 100_000 }, (_, x) => ({ x, y: x === 777 ? 9 : x % 7 }));
    const thinned = thinnedLine(points);
    expect(thinned.length).toBeLessThanOrEqual(1700);
    expect(thinned.map(({ x }) => x)).toEqual(thinned.map(({ x }) => x).toSorted((a, b) => a - b));
    expect(thinned.some(({ y }) => y === 9)).toBe(true);
    expect([thinned[0]?.x, thinned.at(-1)?.x]).toEqual([0, 99_999]);
  });

  test("keeps a short line unchanged", () => {
    const points = [{ x: 0, y: 1 }];
    expect(thinnedLine(points)).toBe(points);
  });
});
