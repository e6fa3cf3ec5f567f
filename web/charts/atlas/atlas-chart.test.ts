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
    { name: "the first point if none was selected", from: undefined, key: "ArrowRight", to: "a" },
    { name: "the last point if none was selected", from: undefined, key: "End", to: "d" },
    { name: "the next point by accelerators", from: "b", key: "ArrowRight", to: "c" },
    { name: "the previous point", from: "c", key: "ArrowLeft", to: "b" },
    { name: "not beyond the last point", from: "d", key: "ArrowRight", to: "d" },
    { name: "not beyond the first point", from: "a", key: "ArrowLeft", to: "a" },
    { name: "the next higher point", from: "a", key: "ArrowUp", to: "d" },
    { name: "the next lower point", from: "a", key: "ArrowDown", to: "c" },
    { name: "the last point", from: "a", key: "End", to: "d" },
    { name: "ten points ahead, or the last", from: "a", key: "PageDown", to: "d" },
    {
      name: "the first point if the selected one no longer exists",
      from: "x",
      key: "ArrowDown",
      to: "c",
    },
  ])("moves to $name", ({ from, key, to }) => {
    expect(pointAfterKey(points, from, key)?.rowId).toBe(to);
  });

  test("ignores other keys and charts without points", () => {
    expect(pointAfterKey(points, "a", "q")).toBeUndefined();
    expect(pointAfterKey([], undefined, "ArrowRight")).toBeUndefined();
  });
});

describe("efficiencyLines", () => {
  test("are inside of the domain and labeled with their accelerator-minutes", () => {
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
