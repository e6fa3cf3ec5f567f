import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { WandbLogRecords } from "./log-records.ts";
import { writeLogRecords } from "./write-log-records.ts";

describe("writeLogRecords", () => {
  test("writes records of any length that read back as written", () => {
    const lengths = fc.array(fc.integer({ min: 0, max: 100_000 }), { maxLength: 6 });
    fc.assert(
      fc.property(lengths, (lengths) => {
        const records = lengths.map((length, index) => new Uint8Array(length).fill(index + 1));
        const reader = new WandbLogRecords();
        const read = reader.push(writeLogRecords(records));
        expect(read.map(({ length }) => length)).toEqual(lengths);
        expect(Buffer.concat(read).equals(Buffer.concat(records))).toBe(true);
        expect(reader.end()).toEqual({ kind: "complete" });
      }),
      { numRuns: 30 },
    );
  });

  // A block has 32,768 bytes, the file header 7, a chunk's header 7.
  test.each([0, 1, 6, 7, 8])("pads a block with %d bytes left", (left) => {
    const records = [new Uint8Array(32_768 - 7 - 7 - left), Uint8Array.of(1, 2, 3)];
    const reader = new WandbLogRecords();
    const read = reader.push(writeLogRecords(records));
    expect(read.map(({ length }) => length)).toEqual(records.map(({ length }) => length));
    expect(read.at(-1)).toEqual(Uint8Array.of(1, 2, 3));
  });
});
