import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { LogIndex, type LogQuestion, rankOf, readLogLines } from "./log-lines.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pitwall-log-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A log on disk, its whole lines indexed in pieces of some size. */
function indexed(text: string, pieceBytes = 1000): { path: string; index: LogIndex } {
  const path = join(folder, "log.txt");
  writeFileSync(path, text);
  const bytes = Buffer.from(text);
  const index = new LogIndex();
  const wholeEnd = bytes.lastIndexOf(10) + 1;
  for (let from = 0; from < wholeEnd;) {
    const to = bytes.lastIndexOf(10, Math.min(from + pieceBytes, wholeEnd) - 1) + 1;
    const end = to > from ? to : bytes.indexOf(10, from) + 1;
    const piece = bytes.subarray(from, end);
    index.take(piece, piece.toString("latin1"));
    from = end;
  }
  return { path, index };
}

async function numbersOf(text: string, question: LogQuestion): Promise<unknown> {
  const { path, index } = indexed(text);
  const { lines, nextFrom } = await readLogLines(path, index, question);
  return [lines.map(({ number, text }) => `${number} ${text}`), nextFrom];
}

const many = Array.from({ length: 5000 }, (_, index) => `line ${index + 1}\n`).join("");

describe("readLogLines", () => {
  test.each([
    { name: "the first", from: 1, limit: 2, expected: [["1 line 1", "2 line 2"], 3] },
    { name: "some far in", from: 3000, limit: 1, expected: [["3000 line 3000"], 3001] },
    { name: "at a place of the index", from: 1025, limit: 1, expected: [["1025 line 1025"], 1026] },
    { name: "the last", from: -1, limit: 5, expected: [["5000 line 5000"], undefined] },
    { name: "from before the first", from: -9000, limit: 1, expected: [["1 line 1"], 2] },
    { name: "none behind the last", from: 5001, limit: 5, expected: [[], undefined] },
    { name: "none far behind it", from: 1e300, limit: 5, expected: [[], undefined] },
  ])("gives $name", async ({ from, limit, expected }) => {
    expect(await numbersOf(many, { from, limit })).toEqual(expected);
  });

  test("leaves out a last line without its end", async () => {
    expect(await numbersOf("one\ntwo\nhal", { from: 1, limit: 10 })).toEqual([
      ["1 one", "2 two"],
      undefined,
    ]);
  });

  test("cuts a long line, and keeps letters of several bytes whole", async () => {
    const { path, index } = indexed(`${"é".repeat(200_000)}\nshort\r\n`);
    const { lines } = await readLogLines(path, index, { from: 1, limit: 10 });
    expect(lines[0]?.text).toBe(`${"é".repeat(4000)}…`);
    expect(lines[1]).toEqual({ number: 2, text: "short" });
  });

  test("says where to go on when enough lines were found", async () => {
    const question = { from: 1, limit: 1, find: "LINE 4" };
    expect(await numbersOf(many, question)).toEqual([["4 line 4"], 5]);
    expect(await numbersOf(many, { ...question, from: 5 })).toEqual([["40 line 40"], 41]);
  });

  test("of a log that is gone gives nothing", async () => {
    const { path, index } = indexed(many);
    rmSync(path);
    expect(await readLogLines(path, index, { from: 1, limit: 5 })).toEqual({
      lines: [],
      nextFrom: undefined,
    });
  });
});

describe("LogIndex", () => {
  test("finds the first line that looks like an error, over any pieces", () => {
    const text = `${many}no error here\n0 errors\nValueError: oh\nTraceback (most recent call last)\n`;
    for (const pieceBytes of [100, 1000, 1 << 20])
      expect(indexed(text, pieceBytes).index).toMatchObject({
        lineCount: 5004,
        firstErrorLine: 5003,
      });
  });
});

test.each([
  ["[rank3]: hello", 3],
  ["[default12]:hello", 12],
  ["[7] step", 7],
  ["[7]: step", 7],
  ["rank 2: loss", 2],
  ["[1,5]<stdout>:x", 5],
  ["Rank-1: x", 1],
  ["[2026-01-01] x", undefined],
  ["[12.5] x", undefined],
  ["frank 3: x", undefined],
  ["epoch [3]", undefined],
])("%s is of rank %s", (line, rank) => {
  expect(rankOf(line)).toBe(rank);
});
