import fc from "fast-check";
import { expect, test } from "vitest";
import { readMeta } from "./read-meta.ts";
import { readMetricFile } from "./read-metric-file.ts";

const file =
  "1795891604289 0.5 0\n1795891604289 nan 1\n1795891604290 -inf 2\n1795891604291 1e-05 3 m-0 data\n";

test("reads time, value and step, and skips further columns", () => {
  expect(readMetricFile("loss", file)).toEqual({
    values: [
      { metric: "loss", value: 0.5, step: 0, timeMs: 1_795_891_604_289 },
      { metric: "loss", value: Number.NaN, step: 1, timeMs: 1_795_891_604_289 },
      { metric: "loss", value: Number.NEGATIVE_INFINITY, step: 2, timeMs: 1_795_891_604_290 },
      { metric: "loss", value: 1e-5, step: 3, timeMs: 1_795_891_604_291 },
    ],
    end: { kind: "complete" },
  });
});

test("reads whole lines of a file that was cut off anywhere, and never a part of a number", () => {
  const whole = readMetricFile("loss", file).values;
  for (let length = 0; length < file.length; length++) {
    const { values, end } = readMetricFile("loss", file.slice(0, length));
    expect(whole.slice(0, values.length)).toEqual(values);
    expect(end.kind).toBe(file[length - 1] === "\n" || length === 0 ? "complete" : "partial");
  }
});

test("does not fail on any text", () => {
  fc.assert(
    fc.property(fc.string(), (text) => {
      expect(readMetricFile("loss", text).values.every(({ metric }) => metric === "loss")).toBe(
        true,
      );
      expect(
        [...(readMeta(text)?.values() ?? [])].every((field) => typeof field === "string"),
      ).toBe(true);
    }),
  );
});

test("reads ids of 18 digits as text", () => {
  expect(readMeta("experiment_id: 420953432142175054\nname: cifar\ntags: []\n")).toEqual(
    new Map([
      ["experiment_id", "420953432142175054"],
      ["name", "cifar"],
    ]),
  );
});
