import { describe, expect, test } from "vitest";
import { diagonalOf, placeLevelLabel } from "./place-level-label.ts";

const frame = { left: 0, top: 0, right: 400, bottom: 200 };
const label = { frame, levelY: 100, width: 80, height: 14, gap: 4 };
const aboveLeft = { x: 4, y: 82 };

describe("placeLevelLabel", () => {
  test("does not cover the label of a level nearby", () => {
    const first = placeLevelLabel({ ...label, lines: [] });
    const second = placeLevelLabel({ ...label, levelY: 96, lines: [diagonalOf(first, label)] });
    expect(second).toEqual({ x: 4, y: 100 });
    expect(second.y).toBeGreaterThanOrEqual(first.y + label.height);
  });

  test.each([
    { name: "is above the left end without lines", lines: [], expected: aboveLeft },
    {
      name: "is below where a line runs above",
      lines: [
        [
          { x: 0, y: 90 },
          { x: 400, y: 90 },
        ],
      ],
      expected: { x: 4, y: 104 },
    },
    {
      name: "is at the right end where a line rises through the left one",
      lines: [
        [
          { x: 10, y: 200 },
          { x: 30, y: 0 },
        ],
      ],
      expected: { x: 316, y: 82 },
    },
    {
      name: "sees a line between two points that are both outside",
      lines: [
        [
          { x: 0, y: 104 },
          { x: 100, y: 70 },
        ],
        [
          { x: 0, y: 120 },
          { x: 90, y: 101 },
        ],
      ],
      expected: { x: 316, y: 82 },
    },
    {
      name: "is above the left end where no place is free",
      lines: [
        [
          { x: 0, y: 89 },
          { x: 400, y: 89 },
        ],
        [
          { x: 0, y: 110 },
          { x: 400, y: 110 },
        ],
      ],
      expected: aboveLeft,
    },
  ])("$name", ({ lines, expected }) => {
    expect(placeLevelLabel({ ...label, lines })).toEqual(expected);
  });

  test("is below a line at the upper edge", () => {
    expect(placeLevelLabel({ ...label, levelY: 10, lines: [] })).toEqual({ x: 4, y: 14 });
  });
});
