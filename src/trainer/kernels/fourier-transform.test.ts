import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { seededRandom } from "../../foundation/numbers/seeded-random.ts";
import {
  binFrequency,
  type ComplexSequence,
  fourierTransform,
  inverseFourierTransform,
} from "./fourier-transform.ts";

describe("fourierTransform", () => {
  test.each([1, 2, 4, 8, 64])("equals the defining sum for %i points", (count) => {
    const input = randomSequence(count);
    expect(distance(fourierTransform(input), transformBySum(input))).toBeLessThan(1e-11);
  });

  test("is undone by its inverse", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 6 }), (exponent) => {
        const input = randomSequence(2 ** exponent);
        expect(distance(inverseFourierTransform(fourierTransform(input)), input)).toBeLessThan(
          1e-13,
        );
      }),
    );
  });

  test("does not modify its input", () => {
    const input = randomSequence(8);
    const before = { re: Float64Array.from(input.re), im: Float64Array.from(input.im) };
    fourierTransform(input);
    expect(input).toEqual(before);
  });

  test.each([0, 3, 12])("refuses %i points", (count) => {
    expect(() => fourierTransform(randomSequence(count))).toThrow(RangeError);
  });
});

describe("binFrequency", () => {
  test("counts up to half the points, then from minus half to minus one", () => {
    expect([0, 1, 2, 3, 4, 5, 6, 7].map((bin) => binFrequency(bin, 8))).toEqual([
      0, 1, 2, 3, -4, -3, -2, -1,
    ]);
  });
});

function randomSequence(count: number): ComplexSequence {
  const random = seededRandom(count);
  return {
    re: Float64Array.from({ length: count }, () => random.normal()),
    im: Float64Array.from({ length: count }, () => random.normal()),
  };
}

function transformBySum({ re, im }: ComplexSequence): ComplexSequence {
  const count = re.length;
  const sum = (bin: number, part: "re" | "im"): number =>
    re.reduce((total, value, index) => {
      const angle = (-2 * Math.PI * bin * index) / count;
      const [cosine, sine, imaginary] = [Math.cos(angle), Math.sin(angle), im[index] ?? 0];
      return (
        total +
        (part === "re" ? value * cosine - imaginary * sine : value * sine + imaginary * cosine)
      );
    }, 0);
  return {
    re: re.map((_, bin) => sum(bin, "re")),
    im: re.map((_, bin) => sum(bin, "im")),
  };
}

/** The largest difference of any part; infinite if the lengths differ. */
function distance(actual: ComplexSequence, expected: ComplexSequence): number {
  const isSameLength =
    actual.re.length === expected.re.length && actual.im.length === expected.im.length;
  if (!isSameLength) return Infinity;
  const ofPart = (part: "re" | "im"): number[] =>
    [...expected[part]].map((value, index) =>
      Math.abs(value - (actual[part][index] ?? Number.NaN)),
    );
  return Math.max(...ofPart("re"), ...ofPart("im"));
}
