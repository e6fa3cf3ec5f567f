import { describe, expect, test } from "vitest";
import { isOfLevel, LogIndex, rankOf } from "./log-lines.ts";

/** An index that has received the complete lines of a log in pieces of approximately this size. */
function indexed(text: string, pieceBytes: number): LogIndex {
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
  return index;
}

const many = Array.from({ length: 5000 }, (_, index) => `line ${index + 1}\n`).join("");

describe("LogIndex", () => {
  test("finds the first error line for any piece size", () => {
    const text = `${many}no error here\n0 errors\nValueError: oh\nTraceback (most recent call last)\n`;
    for (const pieceBytes of [100, 1000, 1 << 20])
      expect(indexed(text, pieceBytes)).toMatchObject({
        lineCount: 5004,
        firstErrorLine: 5003,
      });
  });

  test("finds the last line that states a cause for any piece size", () => {
    const text = `${many}Traceback (most recent call last)\n  File "a.py", line 1\ntorch.OutOfMemoryError: CUDA out of memory\nerror: exit 1\n`;
    for (const pieceBytes of [100, 1000, 1 << 20])
      expect(indexed(text, pieceBytes).causeLine).toBe(5003);
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

test.each([
  ["RuntimeError: it broke", "error", true],
  ["WARNING: slow", "warning", true],
  ["WARNING: slow", "error", false],
  ["FutureWarning: use b", "error", false],
  ["step 1 loss 2", "warning", false],
] as const)("%s is of level %s: %s", (line, level, expected) => {
  expect(isOfLevel(line, level)).toBe(expected);
});
