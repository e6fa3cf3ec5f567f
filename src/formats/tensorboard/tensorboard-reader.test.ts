import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { TensorboardReader } from "./tensorboard-reader.ts";

// Written by tensorboardX 2.6: val/acc and train/loss at steps 1 to 5.
const written = Buffer.from(
  "GAAAAAAAAACjf0siCehQhce+wtpBGg1icmFpbi5FdmVudDoyRJZsAB0AAAAAAAAAYC/fIwkAAEAuuMLaQRABKhAKDgoHdmFsL2FjYxU9Chc/+RHkICAAAAAAAAAAKe2pUAkAAFAuuMLaQRABKhMKEQoKdHJhaW4vbG9zcxVmZiZA7uQM0x0AAAAAAAAAYC/fIwkAAIAuuMLaQRACKhAKDgoHdmFsL2FjYxV7FC4/vV+MWyAAAAAAAAAAKe2pUAkAAJAuuMLaQRACKhMKEQoKdHJhaW4vbG9zcxXNzAxAlD5iOR0AAAAAAAAAYC/fIwkAAMAuuMLaQRADKhAKDgoHdmFsL2FjYxW4HkU/bQTwpiAAAAAAAAAAKe2pUAkAANAuuMLaQRADKhMKEQoKdHJhaW4vbG9zcxVmZuY/wmlHSx0AAAAAAAAAYC/fIwkAAAAvuMLaQRAEKhAKDgoHdmFsL2FjYxX2KFw/v1QrBSAAAAAAAAAAKe2pUAkAABAvuMLaQRAEKhMKEQoKdHJhaW4vbG9zcxUzM7M/s+trkR0AAAAAAAAAYC/fIwkAAEAvuMLaQRAFKhAKDgoHdmFsL2FjYxUzM3M/uS/0DSAAAAAAAAAAKe2pUAkAAFAvuMLaQRAFKhMKEQoKdHJhaW4vbG9zcxUAAIA/1zpu+Q==",
  "base64",
);

describe("TensorboardReader", () => {
  test("reads scalars with their step and time", () => {
    const reader = new TensorboardReader();
    const values = reader.push(written);
    expect(values).toHaveLength(10);
    expect(values[0]).toEqual({
      metric: "val/acc",
      value: Math.fround(0.59),
      step: 1,
      timeMs: 1_795_875_001_000,
    });
    expect(reader.end()).toEqual({ kind: "complete" });
  });

  test("gives the same values however the bytes arrive", () => {
    const whole = new TensorboardReader().push(written);
    fc.assert(
      fc.property(fc.array(fc.integer({ min: 0, max: written.length })), (cuts) => {
        const reader = new TensorboardReader();
        const edges = [0, ...cuts.toSorted((a, b) => a - b), written.length];
        const pieces = edges.slice(1).map((end, index) => written.subarray(edges[index], end));
        expect(pieces.flatMap((piece) => reader.push(piece))).toEqual(whole);
      }),
    );
  });

  test("gives what is whole of a file that was cut off anywhere", () => {
    const whole = new TensorboardReader().push(written);
    for (let length = 0; length < written.length; length++) {
      const reader = new TensorboardReader();
      const values = reader.push(written.subarray(0, length));
      expect(values).toEqual(whole.slice(0, values.length));
    }
  });

  test("never throws on corrupted bytes, and reports a length that cannot be", () => {
    fc.assert(
      fc.property(fc.nat(written.length - 1), fc.nat(255), (at, byte) => {
        const bytes = Buffer.from(written);
        bytes[at] = byte;
        const reader = new TensorboardReader();
        expect(reader.push(bytes).length).toBeLessThanOrEqual(10);
        expect(["complete", "partial", "corrupt"]).toContain(reader.end().kind);
      }),
    );
    const reader = new TensorboardReader();
    expect(reader.push(Buffer.alloc(64, 0xff))).toEqual([]);
    expect(reader.end()).toMatchObject({ kind: "corrupt", atByte: 0 });
  });
});
