import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { findToken, readPayload } from "../parse-line.ts";
import { PlainBytesReader, ReadingMemory } from "./read-plain-bytes.ts";

function bytesOf(text: string): Uint8Array {
  return new Uint8Array(Buffer.from(text, "latin1"));
}

function readGenerally(line: string) {
  const token = findToken(line);
  return token === undefined ? undefined : readPayload(token.dialect, line.slice(token.start));
}

const numberText = fc.oneof(
  fc.integer().map(String),
  fc.double({ noNaN: true, noDefaultInfinity: true }).map(String),
  fc.constantFrom(
    "0",
    "-0",
    "-0.0",
    "1.0",
    "01",
    "1.",
    ".5",
    "1e3",
    "1E-3",
    "-",
    "0.1",
    "0.30000000000000004",
  ),
  fc.constantFrom(
    "9007199254740993",
    "123456789012345.6",
    "0.000000000000000000000001",
    "NaN",
    "-Infinity",
  ),
);
const textText = fc.oneof(
  fc.string({ maxLength: 12 }).map((text) => JSON.stringify(text)),
  fc.constantFrom(
    '"__proto__"',
    '""',
    '"a:::b"',
    '":::MLLOG "',
    '"\xe9\x85"',
    '"\t"',
    '"unclosed',
    '"\\u0041"',
  ),
);
const jsonText = fc.letrec<{ value: string }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    numberText,
    textText,
    fc.constantFrom(
      "true",
      "false",
      "null",
      "nul",
      "{}",
      "[]",
      "[1 ,2]",
      "[,]",
      "{,}",
      '{"a" : 1}',
      "[".repeat(20),
    ),
    fc.array(tie("value"), { maxLength: 3 }).map((items) => `[${items.join(", ")}]`),
    fc
      .array(fc.tuple(textText, tie("value")), { maxLength: 3 })
      .map((members) => `{${members.map(([name, value]) => `${name}: ${value}`).join(", ")}}`),
  ),
})).value;

const fieldText = fc.tuple(
  fc.constantFrom(
    "namespace",
    "time_ms",
    "event_type",
    "key",
    "value",
    "metadata",
    "other",
    "time_s",
  ),
  jsonText,
);
const usualLine = fc
  .record({ time: numberText, type: textText, key: textText, value: jsonText, metadata: jsonText })
  .map(
    ({ time, type, key, value, metadata }) =>
      `{"namespace": "", "time_ms": ${time}, "event_type": ${type}, "key": ${key}, "value": ${value}, "metadata": ${metadata}}`,
  );
const unusualLine = fc
  .array(fieldText, { maxLength: 7 })
  .map((fields) => `{${fields.map(([name, value]) => `"${name}":${value}`).join(",")}}`);
const anyLine = fc
  .tuple(
    fc.constantFrom(":::MLLOG ", ":::MLLOG", ":::MLL "),
    fc.oneof(usualLine, unusualLine),
    fc.constantFrom("", " ", "}", "\x85"),
  )
  .map((parts) => parts.join(""));

describe("PlainBytesReader", () => {
  test("reads a line like the general reader, or not at all", () => {
    const reader = new PlainBytesReader();
    fc.assert(
      fc.property(anyLine, fc.nat(3), (line, before) => {
        const bytes = bytesOf(`${"x".repeat(before)}${line}\r`);
        const event = reader.read(bytes, before);
        const general = readGenerally(line);
        expect(event === undefined ? general : { kind: "event", event }).toEqual(general);
      }),
      { numRuns: 4000 },
    );
  });

  test("reads repeated lines, in this log or another, like the general reader", () => {
    const lineSet = fc.array(usualLine, { minLength: 1, maxLength: 4 });
    const order = fc.array(fc.tuple(fc.nat(3), fc.nat(2), numberText), { maxLength: 24 });
    fc.assert(
      fc.property(lineSet, order, (payloads, picks) => {
        const memory = new ReadingMemory();
        const readers = [0, 1, 2].map(() => new PlainBytesReader(memory));
        for (const [line, reader, time] of picks) {
          const payload = payloads[line % payloads.length] ?? "";
          const text = `:::MLLOG ${payload.replace(/"time_ms": [^,]*/, () => `"time_ms": ${time}`)}`;
          const event = readers[reader]?.read(bytesOf(`${text}\n`), 0);
          const general = readGenerally(text);
          expect(event === undefined ? general : { kind: "event", event }).toEqual(general);
        }
      }),
      { numRuns: 700 },
    );
  });

  test("gives each repeated line its own time, and shares its metadata", () => {
    const read = (time: string) =>
      new PlainBytesReader(memory).read(
        bytesOf(
          `:::MLLOG {"namespace": "", "time_ms": ${time}, "event_type": "INTERVAL_START", "key": "k", "value": 2.0, "metadata": {"file": "a.py"}}\n`,
        ),
        0,
      );
    const memory = new ReadingMemory();
    const [first, second] = [read("1"), read("2")];
    expect([first?.timeMs, second?.timeMs]).toEqual([1, 2]);
    expect(second).toEqual({ ...first, timeMs: 2 });
    expect(second?.metadata).toBe(first?.metadata);
  });

  test("reads the lines that programs write", () => {
    const line = `:::MLLOG {"namespace": "", "time_ms": 1746074193386, "event_type": "INTERVAL_START", "key": "block_start", "value": [1.50, {"a": -0.25}], "metadata": {"file": "/workspace/code/\xe9.py", "lineno": 178, "samples_count": 3.0}}`;
    const bytes = bytesOf(`${line}\n`);
    expect({ kind: "event", event: new PlainBytesReader().read(bytes, 0) }).toEqual(
      readGenerally(line),
    );
  });

  test("distinguishes metadata that starts like the previous metadata", () => {
    const reader = new PlainBytesReader();
    const lines = [
      '{"step": 1}',
      '{"step": 1}',
      '{"step": 12}',
      '{"step": 1, "loss": 2}',
      '{"step": 1}',
    ].map(
      (metadata) =>
        `:::MLLOG {"namespace": "", "time_ms": 1, "event_type": "", "key": "k", "value": 0, "metadata": ${metadata}}`,
    );
    for (const line of lines) {
      const bytes = bytesOf(`${line}\n`);
      expect({ kind: "event", event: reader.read(bytes, 0) }).toEqual(readGenerally(line));
    }
  });

  test("returns correct texts when several share a pool slot", () => {
    const reader = new PlainBytesReader();
    for (let number = 0; number < 5000; number++) {
      const bytes = bytesOf(
        `:::MLLOG {"key": "k${number}", "value": "v${number}", "time_ms": 1, "metadata": {}}\n`,
      );
      expect(reader.read(bytes, 0)).toMatchObject({
        key: `k${number}`,
        value: `v${number}`,
      });
    }
  });
});
