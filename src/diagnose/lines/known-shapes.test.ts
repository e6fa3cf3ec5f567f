import { describe, expect, test } from "vitest";
import { KnownShapes } from "./known-shapes.ts";

const shape = { lossAt: 13, isProgress: true, hasBadWord: false };

describe("KnownShapes", () => {
  test("finds a line that differs from a remembered one only in its numbers", () => {
    const shapes = new KnownShapes();
    shapes.add("step 12 loss 0.512", shape);
    expect(shapes.find("step 97 loss 1.004")).toBe(shape);
    expect(shapes.find("step 97 loss 1.0044")).toBeUndefined();
    expect(shapes.find("step 97 loss 0.nan")).toBeUndefined();
    expect(shapes.find("stop 97 loss 1.004")).toBeUndefined();
    expect(shapes.find("step x7 loss 1.004")).toBeUndefined();
  });

  test("forgets the oldest of too many lines of one length", () => {
    const shapes = new KnownShapes();
    for (const letter of "abcde") shapes.add(`${letter} 1`, { ...shape, lossAt: undefined });
    expect(shapes.find("a 2")).toBeUndefined();
    expect(shapes.find("e 2")).toBeDefined();
  });
});
