import { describe, expect, test } from "vitest";
import { hasBadWord, PrintedValues } from "./printed-values.ts";

function badOf(...texts: readonly string[]): number[] {
  const values = new PrintedValues();
  for (const [index, text] of texts.entries())
    values.push({ file: "log.txt", line: index + 1, rank: 0, text }, hasBadWord(text));
  return values.bad.map(({ line }) => line);
}

describe("PrintedValues", () => {
  test("finds a value that was finite and is none any more to the end", () => {
    const good = "step 1 | ce 0.61 | lr 5e-3";
    const bad = "step 2 | ce nan | lr 5e-3";
    expect(badOf(good, bad, bad, bad)).toEqual([2]);
    expect(badOf(good, bad, bad, bad, good)).toEqual([]);
    expect(badOf(good, bad, bad)).toEqual([]);
    expect(badOf(bad, bad, bad, bad)).toEqual([]);
  });

  test("leaves evaluations and estimated times alone", () => {
    expect(badOf("step 1 eta 5", "step 2 eta inf", "step 3 eta inf", "step 4 eta inf")).toEqual([]);
  });
});
