import fc from "fast-check";
import { expect, test } from "vitest";
import { blankedPrefix, logPrefixLength, samePrefix } from "./log-prefix.ts";

test.each([
  ["2031-02-03 04:05:06,123 - my.module - INFO - acc 0.9", "acc 0.9"],
  ["INFO:root:acc 0.9", "acc 0.9"],
  ["trainer-0  | acc 0.9", "acc 0.9"],
  ["INFO | epoch | acc |", "| epoch | acc |"],
  ["epoch | acc", "epoch | acc"],
  ["[valid]", "[valid]"],
  ["acc 0.9", "acc 0.9"],
  ["3,0.9", "3,0.9"],
])("the message of `%s` is `%s`", (line, message) => {
  expect(line.slice(logPrefixLength(line))).toBe(message);
});

test("prefixes with other numbers are the same", () => {
  const line = "[04:05:06] worker-3 | acc";
  const length = line.length - "acc".length;
  expect(samePrefix(line, length).test("[14:15:16] worker-12 | 0.9")).toBe(true);
  expect(samePrefix(line, length).test("[14:15:16] server-12 | 0.9")).toBe(false);
});

test("a line keeps its length without its prefix", () => {
  fc.assert(
    fc.property(fc.string({ unit: "binary" }), (line) => {
      const length = logPrefixLength(line);
      expect(blankedPrefix(line, length)).toHaveLength(line.length);
      expect(samePrefix(line, length).test(line)).toBe(true);
    }),
  );
});
