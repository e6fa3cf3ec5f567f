import { describe, expect, test } from "vitest";
import { truncate, truncateStart, visibleWidth } from "./text-table.ts";

describe("truncating a text", () => {
  test.each([
    {
      text: "train-20261129-mnhc",
      width: 19,
      start: "train-20261129-mnhc",
      end: "train-20261129-mnhc",
    },
    { text: "train-20261129-mnhc", width: 8, start: "train-2…", end: "…29-mnhc" },
    { text: "\u001B[36mtrain-mnhc\u001B[39m", width: 6, start: "train…", end: "…-mnhc" },
    { text: "東京大阪", width: 5, start: "東京…", end: "…大阪" },
  ])("keeps the start or the end of `$text` in $width columns", ({ text, width, start, end }) => {
    const both = [truncate(text, width), truncateStart(text, width)];
    expect(both).toEqual([start, end]);
    for (const each of both) expect(visibleWidth(each)).toBeLessThanOrEqual(width);
  });
});
