import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { stepSample } from "../../schema/run/measured/telemetry-sample.ts";
import { StepLineScanner } from "./scan-step-line.ts";
import type { StepRow } from "./step-columns.ts";

const sample = {
  kind: "step",
  timeMs: 1_763_826_000_123.456,
  rank: 3,
  step: 1234,
  samplesCount: 157_952,
  stepCount: 4,
  computeMs: 12.345_678,
  communicationMs: 1.25,
  dataWaitMs: 0,
  loss: 1.234_567_890_123_456,
  forwardMs: 4.5,
  backwardMs: 6.25,
  optimizerMs: 1.5,
};

function scanned(line: string) {
  const scanner = new StepLineScanner();
  const bytes = Buffer.from(`before${line}after`);
  scanner.load(bytes);
  return scanner.scan(6, bytes.length - 5) ? { ...scanner.row } : undefined;
}

/** The maximum relative difference. */
function farthestOff(read: StepRow | undefined, meant: object): number {
  const values = new Map(Object.entries(read ?? {}));
  const differences = Object.entries(meant).map(([name, was]) => {
    const is = values.get(name) ?? Number.NaN;
    return is === was ? 0 : Math.abs(is - was) / Math.abs(was);
  });
  return Math.max(...differences);
}

const amount = fc.oneof(
  fc.double({ min: 0, max: 1e7, noNaN: true }).map((value) => (value === 0 ? 0 : value)),
  fc.integer({ min: 0, max: 1_000_000 }).map((value) => value / 1000),
  fc.nat(),
);

const anySample = fc.record({
  timeMs: fc.oneof(
    fc.integer({ min: 1e12, max: 2e12 }),
    fc.double({ min: 1e12, max: 2e12, noNaN: true }),
  ),
  rank: fc.nat(100_000),
  step: fc.nat(),
  samplesCount: amount,
  stepCount: fc.integer({ min: 1, max: 1000 }),
  computeMs: amount,
  communicationMs: amount,
  dataWaitMs: amount,
  loss: fc.oneof(
    amount,
    fc.double({ min: -1e9, max: 1e9, noNaN: true }).map((value) => value || 0),
  ),
});
const anyParts = fc.record(
  { forwardMs: amount, backwardMs: amount, optimizerMs: amount },
  { requiredKeys: [] },
);

describe("StepLineScanner", () => {
  test("reads the same values as JSON.parse, to fifteen digits", () => {
    fc.assert(
      fc.property(anySample, anyParts, (any, parts) => {
        const line = JSON.stringify({ kind: "step", ...any, ...parts });
        stepSample.parse(JSON.parse(line));
        const meant = JSON.parse(JSON.stringify({ ...any, ...parts }));
        expect(farthestOff(scanned(line), meant)).toBeLessThan(5e-16);
      }),
      { numRuns: 500 },
    );
  });

  test("reads a number with many zeros after the decimal point", () => {
    const small = "0.0000000000000000000000000125";
    const line = JSON.stringify(sample).replace('"computeMs":12.345678', `"computeMs":${small}`);
    expect(scanned(line)?.computeMs).toBe(Number(small));
  });

  test("reads fields in any order", () => {
    const { kind, loss, ...others } = sample;
    const line = JSON.stringify({
      kind,
      loss,
      ...Object.fromEntries(Object.entries(others).toReversed()),
    });
    const { kind: _, ...meant } = sample;
    expect(scanned(line)).toEqual(meant);
  });

  test("an optional field that is missing does not repeat the value of the previous line", () => {
    const scanner = new StepLineScanner();
    const read = (line: string) => {
      scanner.load(Buffer.from(line));
      return scanner.scan(0, line.length);
    };
    expect(read(JSON.stringify(sample))).toBe(true);
    const { loss: _l, forwardMs: _f, backwardMs: _b, optimizerMs: _o, ...required } = sample;
    expect(read(JSON.stringify(required))).toBe(true);
    const { loss, forwardMs, backwardMs, optimizerMs } = scanner.row;
    expect([loss, forwardMs, backwardMs, optimizerMs]).toEqual(Array(4).fill(Number.NaN));
  });

  const line = JSON.stringify(sample);
  test.each([
    { name: "a line that is cut off", text: line.slice(0, -1) },
    { name: "a line that is cut off within a number", text: line.slice(0, 40) },
    { name: "nothing", text: "" },
    { name: "text after the end", text: `${line}x` },
    { name: "a sample of the host", text: line.replace("step", "host") },
    { name: "blanks", text: line.replaceAll(":", ": ") },
    { name: "a field that is missing", text: line.replace('"rank":3,', "") },
    { name: "a field that is there twice", text: line.replace('"rank":3,', '"rank":3,"rank":3,') },
    { name: "an unknown field", text: line.replace("loss", "lost") },
    { name: "text instead of a number", text: line.replace('"rank":3', '"rank":"3"') },
    { name: "a number without digits", text: line.replace('"rank":3', '"rank":-') },
    { name: "a number that ends with its point", text: line.replace('"rank":3', '"rank":3.') },
    { name: "null", text: line.replace('"rank":3', '"rank":null') },
  ])("leaves $name to JSON.parse", ({ text }) => {
    expect(scanned(text)).toBeUndefined();
  });

  test("does not throw for any bytes", () => {
    fc.assert(
      fc.property(fc.string(), fc.nat(line.length), (noise, at) => {
        const result = scanned(line.slice(0, at) + noise + line.slice(at + noise.length));
        expect(result === undefined || Number.isFinite(result.timeMs)).toBe(true);
      }),
    );
  });
});
