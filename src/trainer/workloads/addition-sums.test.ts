import { describe, expect, test } from "vitest";
import { equalsToken, plusToken, splitSums, sumLength, writeSumInto } from "./addition-sums.ts";

const { training, heldOut } = splitSums();

describe("splitSums", () => {
  test("holds out a thousand different pairs", () => {
    expect(new Set(heldOut).size).toBe(1000);
  });

  test("trains on no pair that is tested, in either order", () => {
    const tested = new Set([...heldOut].flatMap((pair) => [pair, mirrored(pair)]));
    expect(training.filter((pair) => tested.has(pair))).toHaveLength(0);
  });

  test("excludes no other pairs", () => {
    const tested = new Set([...heldOut].flatMap((pair) => [pair, mirrored(pair)]));
    const isRising = training.every(
      (pair, index) => index === 0 || pair > (training[index - 1] ?? 0),
    );
    expect(isRising).toBe(true); // so there are no duplicates
    expect(training.length + tested.size).toBe(1_000_000);
  });

  test("divides the pairs the same way every time", () => {
    const again = splitSums();
    expect(again.heldOut).toEqual(heldOut);
    expect(again.training.every((pair, index) => pair === training[index])).toBe(true);
  });

  test("contains sums with and without carries into the fourth digit, about half each", () => {
    const overflowing = heldOut.filter((pair) => Math.floor(pair / 1000) + (pair % 1000) >= 1000);
    // Binomial with p near one half: five deviations of sqrt(1000) / 2.
    expect(Math.abs(overflowing.length - 500)).toBeLessThan(80);
  });
});

describe("writeSumInto", () => {
  test.each([
    { pair: 123_456, text: "123+456=9750" },
    { pair: 999_999, text: "999+999=8991" },
    { pair: 0, text: "000+000=0000" },
    { pair: 7_093, text: "007+093=0010" },
  ])("writes $text with a reversed answer", ({ pair, text }) => {
    const tokens = new Int32Array(sumLength);
    writeSumInto(tokens, pair);
    expect(textOf(tokens)).toBe(text);
  });

  test("writes an answer that is the sum of its terms", () => {
    const tokens = new Int32Array(sumLength);
    for (const pair of heldOut) {
      writeSumInto(tokens, pair);
      const text = textOf(tokens);
      const answer = Number(text.slice(8).split("").toReversed().join(""));
      expect(answer).toBe(Number(text.slice(0, 3)) + Number(text.slice(4, 7)));
    }
  });
});

function mirrored(pair: number): number {
  return (pair % 1000) * 1000 + Math.floor(pair / 1000);
}

function textOf(tokens: Int32Array): string {
  const characters: Record<number, string> = { [plusToken]: "+", [equalsToken]: "=" };
  return [...tokens].map((token) => characters[token] ?? String(token)).join("");
}
