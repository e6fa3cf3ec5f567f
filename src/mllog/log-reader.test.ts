import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { LogLine } from "../schema/logs/log-event.ts";
import { createLogReader, maxLineBytes } from "./log-reader.ts";
import { findToken, readPayload } from "./parse-line.ts";
import { parseLog } from "./parse-log.ts";

const goodLine = `:::MLLOG {"namespace": "", "time_ms": 1746074108602, "event_type": "POINT_IN_TIME", "key": "cache_clear", "value": true, "metadata": {"lineno": 231}}`;

/** Generates text with many tokens, parts of tokens, line endings, and real lines. */
const logText = fc
  .array(
    fc.constantFrom(
      "\n",
      "\r",
      "\r\n",
      ":",
      "::",
      ":::",
      ":::M",
      ":::ML",
      ":::MLL",
      ":::MLLOG ",
      ":::MLPv0.5.0 ",
      "a",
      "\t",
      " 12: ",
      "NaN",
      '{"key": "x"',
      "}",
      "\xe2\x96\x88\x85",
      `${goodLine}\n`,
      goodLine,
      ':::MLL 1560881700.827 seed: {"value": 1.0, "metadata": {}}\r\n',
    ),
    { maxLength: 40 },
  )
  .map((pieces) => pieces.join(""));

describe("createLogReader", () => {
  test("finds the same lines as a simple reader that decodes and splits the whole text", () => {
    fc.assert(
      fc.property(logText, fc.nat(7), (text, padding) => {
        const bytes = Buffer.concat([Buffer.alloc(padding, "x"), Buffer.from(text, "latin1")]);
        expect(readInChunks(bytes.subarray(padding), [])).toEqual(readPlainly(text));
        expect(parseLog(text).lines).toEqual(readPlainly(text));
      }),
      { numRuns: 700 },
    );
  });

  test("returns the same lines for any piece boundaries", () => {
    fc.assert(
      fc.property(logText, fc.array(fc.nat(9), { maxLength: 30 }), (text, sizes) => {
        const bytes = Buffer.from(text, "latin1");
        const whole = parseLog(new Uint8Array(bytes));
        expect(readInChunks(bytes, sizes)).toEqual(whole.lines);
        expect(whole.lineCount).toBe(parseLog(text).lineCount);
      }),
      { numRuns: 700 },
    );
  });

  test("never throws for any bytes", () => {
    fc.assert(
      fc.property(fc.uint8Array({ maxLength: 400 }), fc.nat(50), (bytes, at) => {
        const withToken = Buffer.concat([
          bytes.slice(0, at),
          Buffer.from(":::MLLOG "),
          bytes.slice(at),
        ]);
        expect(parseLog(withToken).lineCount).toBeGreaterThan(0);
      }),
    );
  });

  test("copies an unfinished line, so that the caller can reuse the buffer", () => {
    const reader = createLogReader();
    const piece = Buffer.from(goodLine.slice(0, 60), "latin1");
    reader.push(piece);
    piece.fill(0);
    const [line] = reader.push(Buffer.from(`${goodLine.slice(60)}\n`));
    expect(line).toMatchObject({ kind: "event", lineNumber: 1, event: { key: "cache_clear" } });
  });

  test("reports a line that is too long to store, and continues after it", () => {
    const reader = createLogReader();
    const filler = new Uint8Array(1024 * 1024).fill(0x20);
    expect(reader.push(Buffer.from("first\n:::MLLOG {"))).toEqual([]);
    for (let mebibytes = 0; mebibytes <= maxLineBytes / filler.length; mebibytes++)
      reader.push(filler);
    expect(reader.push(Buffer.from(`\n${goodLine}`))).toEqual([
      {
        kind: "unreadable",
        dialect: "mllog",
        reason: "line-too-long",
        lineNumber: 2,
        byteOffset: 6,
      },
    ]);
    expect(reader.end()).toMatchObject([{ kind: "event", lineNumber: 3 }]);
    expect(reader.lineCount()).toBe(3);
  });

  test("reads a line whose prefix exceeds the length limit", () => {
    const reader = createLogReader();
    const filler = new Uint8Array(1024 * 1024).fill(0x23);
    for (let mebibytes = 0; mebibytes <= maxLineBytes / filler.length; mebibytes++)
      reader.push(filler);
    expect(reader.push(Buffer.from(`${goodLine}\n`))).toMatchObject([
      { kind: "event", lineNumber: 1 },
    ]);
  });
});

function readInChunks(bytes: Uint8Array, sizes: readonly number[]): LogLine[] {
  const reader = createLogReader();
  const lines: LogLine[] = [];
  let at = 0;
  for (const size of sizes) {
    lines.push(...reader.push(bytes.subarray(at, at + size)));
    at = Math.min(at + size, bytes.length);
  }
  return [...lines, ...reader.push(bytes.subarray(at)), ...reader.end()];
}

function readPlainly(text: string): LogLine[] {
  const lines: LogLine[] = [];
  let offset = 0;
  for (const [index, piece] of text.split(/(?<=\r\n|\n|\r(?!\n))/).entries()) {
    const line = piece.replace(/\r?\n$|\r$/, "");
    const token = findToken(line);
    if (token !== undefined) {
      const reading = readPayload(token.dialect, line.slice(token.start));
      lines.push({ ...reading, lineNumber: index + 1, byteOffset: offset + token.start });
    }
    offset += piece.length;
  }
  return lines;
}
