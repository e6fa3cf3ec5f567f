import { describe, expect, test } from "vitest";
import { type AtlasPoint, efficiencyLines, pointAfterKey } from "./atlas-chart.ts";

const point = (rowId: string, x: number, y: number): AtlasPoint => ({
  rowId,
  x,
  y,
  family: "H100",
  kind: "cloud",
  isOpen: false,
  isEstimated: false,
  isOnFront: false,
  isOfOtherRules: false,
});

describe("pointAfterKey", () => {
  const points = [point("a", 8, 10), point("b", 8, 40), point("c", 64, 5), point("d", 512, 20)];
  test.each([
    { name: "the first, where none was", from: undefined, key: "ArrowRight", to: "a" },
    { name: "the last, where none was", from: undefined, key: "End", to: "d" },
    { name: "the next in order of accelerators", from: "b", key: "ArrowRight", to: "c" },
    { name: "the one before", from: "c", key: "ArrowLeft", to: "b" },
    { name: "no further than the last", from: "d", key: "ArrowRight", to: "d" },
    { name: "no further than the first", from: "a", key: "ArrowLeft", to: "a" },
    { name: "the next higher one", from: "a", key: "ArrowUp", to: "d" },
    { name: "the next lower one", from: "a", key: "ArrowDown", to: "c" },
    { name: "the last", from: "a", key: "End", to: "d" },
    { name: "ten on, or the last", from: "a", key: "PageDown", to: "d" },
    { name: "the first, where the one before is gone", from: "x", key: "ArrowDown", to: "c" },
  ])("leads to $name", ({ from, key, to }) => {
    expect(pointAfterKey(points, from, key)?.rowId).toBe(to);
  });

  test("other keys, and charts without points, lead nowhere", () => {
    expect(pointAfterKey(points, "a", "q")).toBeUndefined();
    expect(pointAfterKey([], undefined, "ArrowRight")).toBeUndefined();
  });
});

describe("efficiencyLines", () => {
  test("stay inside, and are named by their accelerator-minutes", () => {
    const [x, y] = [
      { from: 4, to: 4096 },
      { from: 0.5, to: 500 },
    ];
    const lines = efficiencyLines(x, y);
    expect(lines.map(({ label }) => label)).toEqual([
      "10 chip-min",
      "100 chip-min",
      "1k chip-min",
      "10k chip-min",
      "100k chip-min",
      "1M chip-min",
    ]);
    for (const { from, to } of lines)
      for (const end of [from, to]) {
        expect(end.x).toBeGreaterThanOrEqual(x.from);
        expect(end.x).toBeLessThanOrEqual(x.to);
        expect(end.y).toBeGreaterThanOrEqual(y.from * 0.999_999);
        expect(end.y).toBeLessThanOrEqual(y.to * 1.000_001);
      }
  });
});
