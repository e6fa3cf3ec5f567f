import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { crc32 } from "../binary/crc32.ts";
import { WandbReader } from "./wandb-reader.ts";

const blockBytes = 32_768;

function field(number: number, content: Buffer | number): Buffer {
  if (typeof content === "number") return Buffer.concat([varint(number * 8), varint(content)]);
  return Buffer.concat([varint(number * 8 + 2), varint(content.length), content]);
}

function varint(value: number): Buffer {
  const bytes: number[] = [];
  let rest = value;
  for (; rest > 127; rest = Math.floor(rest / 128)) bytes.push((rest % 128) + 128);
  return Buffer.from([...bytes, rest]);
}

function item(name: string, json: string): Buffer {
  return field(1, Buffer.concat([field(2, Buffer.from(name)), field(16, Buffer.from(json))]));
}

function history(items: Readonly<Record<string, string>>): Buffer {
  return field(2, Buffer.concat(Object.entries(items).map(([name, json]) => item(name, json))));
}

/** Writes records as wandb-core does, cut into blocks. */
function wandbFile(records: readonly Buffer[]): Buffer {
  let file = Buffer.from([0x3a, 0x57, 0x26, 0x42, 0xe1, 0xbe, 0x00]);
  for (const record of records) {
    for (let at = 0, isFirst = true; at < record.length || isFirst; isFirst = false) {
      let left = blockBytes - (file.length % blockBytes);
      if (left < 7) {
        file = Buffer.concat([file, Buffer.alloc(left)]);
        left = blockBytes;
      }
      const data = record.subarray(at, at + left - 7);
      at += data.length;
      file = Buffer.concat([file, chunk(data, isFirst, at === record.length)]);
    }
  }
  return file;
}

function chunk(data: Buffer, isFirst: boolean, isLast: boolean): Buffer {
  const type = isFirst ? (isLast ? 1 : 2) : isLast ? 4 : 3;
  const header = Buffer.alloc(7);
  header.writeUInt32LE(crc32(Buffer.from([type]), data), 0);
  header.writeUInt16LE(data.length, 4);
  header.writeUInt8(type, 6);
  return Buffer.concat([header, data]);
}

const run = field(
  17,
  Buffer.concat([field(1, Buffer.from("abc123")), field(8, Buffer.from("try"))]),
);
const records = [
  run,
  history({ "val/acc": "0.5", loss: "NaN", _timestamp: "1.5e+09", _step: "0" }),
  history({ note: '"fine"', "val/acc": "0.9", _timestamp: "1500000001.5", _step: "1" }),
  field(18, field(1, 3)),
];

describe("WandbReader", () => {
  test("reads values with step and time, and what the run says of itself", () => {
    const reader = new WandbReader();
    expect(reader.push(wandbFile(records))).toEqual([
      { metric: "val/acc", value: 0.5, step: 0, timeMs: 1_500_000_000_000 },
      { metric: "loss", value: Number.NaN, step: 0, timeMs: 1_500_000_000_000 },
      { metric: "val/acc", value: 0.9, step: 1, timeMs: 1_500_000_001_500 },
    ]);
    expect(reader.facts).toMatchObject({ runId: "abc123", name: "try", exitCode: 3 });
    expect(reader.end()).toEqual({ kind: "complete" });
  });

  test("joins records that are longer than a block", () => {
    const long = history({ text: `"${"x".repeat(100_000)}"`, acc: "0.7", _step: "2" });
    const reader = new WandbReader();
    expect(reader.push(wandbFile([long]))).toMatchObject([{ metric: "acc", value: 0.7, step: 2 }]);
  });

  test("gives what is whole of a file that was cut off anywhere", () => {
    const file = wandbFile(records);
    const whole = new WandbReader().push(file);
    for (let length = 0; length < file.length; length++) {
      const values = new WandbReader().push(file.subarray(0, length));
      expect(values).toEqual(whole.slice(0, values.length));
    }
  });

  test("skips a block with a wrong checksum, says where, and reads on with the next", () => {
    const many = Array.from({ length: 2000 }, (_, step) =>
      history({ acc: "0.5", _step: String(step) }),
    );
    const file = wandbFile(many);
    file[100] = (file[100] ?? 0) ^ 0xff;
    const reader = new WandbReader();
    const values = reader.push(file);
    expect(values.length).toBeGreaterThan(500);
    expect(values.at(-1)?.step).toBe(1999);
    expect(reader.end()).toMatchObject({
      kind: "corrupt",
      reason: "a chunk with a wrong checksum",
    });
  });

  test("never throws on corrupted bytes", () => {
    const file = wandbFile(records);
    fc.assert(
      fc.property(fc.nat(file.length - 1), fc.nat(255), (at, byte) => {
        const bytes = Buffer.from(file);
        bytes[at] = byte;
        expect(new WandbReader().push(bytes).length).toBeLessThanOrEqual(3);
      }),
    );
  });

  test("says of another file that it is none", () => {
    const reader = new WandbReader();
    expect(reader.push(Buffer.from("PK\u0003\u0004 and more"))).toEqual([]);
    expect(reader.end()).toEqual({ kind: "corrupt", atByte: 0, reason: "no W&B file header" });
  });
});
