import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { FollowedFile, maxLineBytes } from "../../samples/follow-file.ts";
import { LogIndex } from "./log-lines.ts";
import { type LogQuery, readLogBytes, readLogLines } from "./read-log-lines.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "pitwall-log-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

/** A log on disk, indexed the same way as in the dashboard. */
function indexed(
  content: string | Uint8Array,
  bufferBytes = 1000,
): { path: string; index: LogIndex } {
  const path = join(folder, "log.txt");
  writeFileSync(path, content);
  const index = new LogIndex();
  const file = new FollowedFile(path, (bytes, start, end, cutBytes) => {
    const lines = Buffer.from(bytes.subarray(start, end));
    index.take(lines, lines.toString("latin1"), cutBytes);
  });
  file.readOn(new Uint8Array(bufferBytes));
  return { path, index };
}

async function numbersOf(text: string, query: LogQuery): Promise<unknown> {
  const { path, index } = indexed(text);
  const { lines, nextFrom } = await readLogLines(path, index, query);
  return [lines.map(({ number, text }) => `${number} ${text}`), nextFrom];
}

const many = Array.from({ length: 5000 }, (_, index) => `line ${index + 1}\n`).join("");

describe("readLogLines", () => {
  test.each([
    { name: "the first", from: 1, limit: 2, expected: [["1 line 1", "2 line 2"], 3] },
    { name: "lines far into the log", from: 3000, limit: 1, expected: [["3000 line 3000"], 3001] },
    { name: "at an indexed position", from: 1025, limit: 1, expected: [["1025 line 1025"], 1026] },
    { name: "the last", from: -1, limit: 5, expected: [["5000 line 5000"], undefined] },
    { name: "from before the first", from: -9000, limit: 1, expected: [["1 line 1"], 2] },
    { name: "nothing after the last", from: 5001, limit: 5, expected: [[], undefined] },
    { name: "nothing far after it", from: 1e300, limit: 5, expected: [[], undefined] },
  ])("returns $name", async ({ from, limit, expected }) => {
    expect(await numbersOf(many, { from, limit })).toEqual(expected);
  });

  test("omits a last line without line end", async () => {
    expect(await numbersOf("one\ntwo\nhal", { from: 1, limit: 10 })).toEqual([
      ["1 one", "2 two"],
      undefined,
    ]);
  });

  test("cuts a long line without splitting a multi-byte character", async () => {
    const { path, index } = indexed(`${"é".repeat(200_000)}\nshort\r\n`);
    const { lines } = await readLogLines(path, index, { from: 1, limit: 10 });
    expect(lines[0]).toEqual({ number: 1, text: `${"é".repeat(4000)}…`, byteCount: 400_000 });
    expect(lines[1]).toEqual({ number: 2, text: "short" });
  });

  test("returns where to continue after enough lines", async () => {
    const query = { from: 1, limit: 1, find: "LINE 4" };
    expect(await numbersOf(many, query)).toEqual([["4 line 4"], 5]);
    expect(await numbersOf(many, { ...query, from: 5 })).toEqual([["40 line 40"], 41]);
  });

  test("returns nothing for a log that was deleted", async () => {
    const { path, index } = indexed(many);
    rmSync(path);
    expect(await readLogLines(path, index, { from: 1, limit: 5 })).toEqual({
      lines: [],
      nextFrom: undefined,
    });
  });
});

const longBytes = 64 << 20;

describe("a line of 64 MB", () => {
  /** `first`, a long line, `last`; indexed with the dashboard's buffer. */
  function longLog(): { path: string; index: LogIndex; line: Buffer } {
    const line = Buffer.alloc(longBytes, "x");
    line.write("Error: begins here");
    line.write("needle", maxLineBytes - 6);
    line.write("beyond", maxLineBytes);
    const bytes = Buffer.concat([Buffer.from("first\n"), line, Buffer.from("\nlast\n")]);
    return { ...indexed(bytes, 1 << 20), line };
  }

  test("is cut, with its actual length; neighboring lines are complete", async () => {
    const { path, index } = longLog();
    expect([index.lineCount, index.firstErrorLine]).toEqual([3, 2]);
    const { lines, nextFrom } = await readLogLines(path, index, { from: 1, limit: 10 });
    expect(nextFrom).toBeUndefined();
    expect(lines.map(({ number, text, byteCount }) => [number, text.length, byteCount])).toEqual([
      [1, 5, undefined],
      [2, 4001, longBytes],
      [3, 4, undefined],
    ]);
  });

  test("is returned and searched up to 1 MiB on request", async () => {
    const { path, index } = longLog();
    const query = { from: 2, limit: 1, characters: maxLineBytes };
    const { lines } = await readLogLines(path, index, query);
    expect(lines[0]?.text).toHaveLength(maxLineBytes + 1);
    expect(lines[0]?.text.endsWith("needle…")).toBe(true);
    const found = async (find: string): Promise<number> =>
      (await readLogLines(path, index, { from: 2, limit: 5, find })).lines.length;
    expect([await found("needle"), await found("beyond")]).toEqual([1, 0]);
  });

  test("ends a search, which then continues after it", async () => {
    const { path, index } = longLog();
    const search = async (from: number): Promise<unknown> => {
      const { lines, nextFrom } = await readLogLines(path, index, { from, limit: 5, find: "last" });
      return [lines.length, nextFrom];
    };
    expect([await search(1), await search(2), await search(3)]).toEqual([
      [0, 2],
      [0, 3],
      [1, undefined],
    ]);
  });

  test("is available as raw bytes, alone or with the rest of the log", async () => {
    const { path, index, line } = longLog();
    const lengthOf = async (pieces: AsyncIterable<Uint8Array>): Promise<number> => {
      let length = 0;
      for await (const piece of pieces) length += piece.length;
      return length;
    };
    const pieces: Uint8Array[] = [];
    for await (const piece of readLogBytes(path, index, 2)) pieces.push(piece);
    expect(Buffer.concat(pieces).equals(Buffer.concat([line, Buffer.from("\n")]))).toBe(true);
    expect(await lengthOf(readLogBytes(path, index, 3))).toBe(5);
    expect(await lengthOf(readLogBytes(path, index, 4))).toBe(0);
    expect(await lengthOf(readLogBytes(path, index))).toBe(longBytes + 12);
  });
});

test("lines after a cut line have correct positions, including indexed lines", async () => {
  const before = "line\n".repeat(1023);
  const { path, index } = indexed(`${before}${"y".repeat(3 << 20)}\nafter\n`, 1 << 20);
  const { lines } = await readLogLines(path, index, { from: 1025, limit: 5 });
  expect(lines).toEqual([{ number: 1025, text: "after" }]);
});
