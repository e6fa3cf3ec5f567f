import { describe, expect, test } from "vitest";
import { sequencesOfBatch } from "./sequences-of-batch.ts";

describe("sequencesOfBatch", () => {
  test.each([
    { name: "reads 4M as 4,194,304 tokens", tokens: 4e6, seq: 8192, expected: 512 },
    { name: "reads 64k as 65,536 tokens", tokens: 64e3, seq: 1024, expected: 64 },
    { name: "keeps whole sequences", tokens: 3 * 4096, seq: 4096, expected: 3 },
    { name: "stays within 5 % of other numbers", tokens: 1.5e6, seq: 8192, expected: 192 },
    { name: "has at least one sequence", tokens: 1, seq: 8192, expected: 1 },
  ])("$name", ({ tokens, seq, expected }) => {
    expect(sequencesOfBatch(tokens, seq)).toBe(expected);
  });
});
