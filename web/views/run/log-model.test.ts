import { describe, expect, test } from "vitest";
import { logQuestion, shownLog } from "./log-model.ts";

const lines = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => ({ number: from + index, text: "x" }));
const plain = { find: "", rank: "", from: "" };
const page = { runId: "a", lines: lines(3, 4), totalLines: 900, ranks: [] };

test.each([
  { name: "the end where nothing is asked for", view: plain, expected: { from: -500, limit: 500 } },
  {
    name: "a line with some before it",
    view: { ...plain, from: "77" },
    expected: { from: 74, limit: 500 },
  },
  {
    name: "never a line before the first",
    view: { ...plain, from: "2" },
    expected: { from: 1, limit: 500 },
  },
  {
    name: "words and a rank",
    view: { find: "error", rank: "3", from: "" },
    expected: { from: -500, limit: 500, find: "error", rank: "3" },
  },
])("asks for $name", ({ view, expected }) => {
  expect(logQuestion(view)).toEqual(expected);
});

describe("shownLog", () => {
  const tail = { lines: lines(1, 900), totalLines: 900, firstErrorLine: undefined };

  test("is the end as it grows, at most a page of it", () => {
    const shown = shownLog(tail, page, plain);
    expect([shown?.lines[0]?.number, shown?.lines.length, shown?.note]).toEqual([
      401,
      500,
      "500 of 900 lines",
    ]);
  });

  test("is what was fetched where something is asked for", () => {
    expect(shownLog(tail, page, { ...plain, find: "x" })?.lines).toEqual(page.lines);
    expect(shownLog(tail, undefined, { ...plain, find: "x" })).toBeUndefined();
  });
});
