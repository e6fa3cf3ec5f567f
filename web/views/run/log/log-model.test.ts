import { describe, expect, test } from "vitest";
import { logParameters, shownLog } from "./log-model.ts";

const lines = (from: number, to: number) =>
  Array.from({ length: to - from + 1 }, (_, index) => ({ number: from + index, text: "x" }));
const plain = { find: "", rank: "", from: "", level: "", hidesMllog: false };
const page = { runId: "a", lines: lines(3, 4), totalLines: 900, ranks: [] };

test.each([
  { name: "the end of the log by default", view: plain, expected: { from: -500, limit: 500 } },
  {
    name: "a line with some lines before it",
    view: { ...plain, from: "77" },
    expected: { from: 74, limit: 500 },
  },
  {
    name: "never a line before the first",
    view: { ...plain, from: "2" },
    expected: { from: 1, limit: 500 },
  },
  {
    name: "lines of the whole log that contain a text, of one rank",
    view: { ...plain, find: "error", rank: "3" },
    expected: { from: 1, limit: 500, find: "error", rank: "3" },
  },
  {
    name: "warnings and errors without MLPerf log events",
    view: { ...plain, level: "warning", hidesMllog: true },
    expected: { from: 1, limit: 500, level: "warning", mllog: "hide" },
  },
])("requests $name", ({ view, expected }) => {
  expect(logParameters(view)).toEqual(expected);
});

describe("shownLog", () => {
  const tail = { lines: lines(1, 900), totalLines: 900, firstErrorLine: undefined };

  test("is the growing end of the log, at most one page", () => {
    const shown = shownLog(tail, page, plain);
    expect([shown?.lines[0]?.number, shown?.lines.length, shown?.note]).toEqual([
      401,
      500,
      "500 of 900 lines",
    ]);
  });

  test("is the fetched page if there is a search", () => {
    expect(shownLog(tail, page, { ...plain, find: "x" })?.lines).toEqual(page.lines);
    expect(shownLog(tail, undefined, { ...plain, find: "x" })).toBeUndefined();
  });
});
