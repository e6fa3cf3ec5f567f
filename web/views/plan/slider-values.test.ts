import fc from "fast-check";
import { describe, expect, test } from "vitest";
import {
  counts,
  dollars,
  durations,
  energies,
  positionOf,
  sliderSteps,
  tokenCounts,
  valueAt,
  type SliderQuantity,
} from "./slider-values.ts";

const amount = (from: number, to: number) =>
  fc.double({ min: Math.log(from), max: Math.log(to), noNaN: true }).map(Math.exp);

describe("slider values", () => {
  test.each<{ name: string; quantity: SliderQuantity; from: number; to: number }>([
    { name: "dollars", quantity: dollars, from: 0.01, to: 1e9 },
    { name: "durations", quantity: durations, from: 1000, to: 1e13 },
    { name: "energies", quantity: energies, from: 0.001, to: 1e9 },
    { name: "tokens", quantity: tokenCounts, from: 1e6, to: 1e14 },
  ])("$name are read as they were written, to three digits", ({ quantity, from, to }) => {
    fc.assert(
      fc.property(amount(from, to), (value) => {
        const read = quantity.read(quantity.write(value)) ?? 0;
        expect(Math.abs(read / value - 1)).toBeLessThan(0.006);
        expect(quantity.show(value)).not.toContain("NaN");
      }),
    );
  });

  test("accelerators are powers of two", () => {
    fc.assert(
      fc.property(amount(1, 16_384), (value) => {
        expect(Math.log2(counts.read(counts.write(value)) ?? 0) % 1).toBe(0);
      }),
    );
  });

  test("a position is that of its value", () => {
    const range = { from: 3, to: 4000 };
    for (let position = 0; position <= sliderSteps; position++)
      expect(positionOf(valueAt(position, range), range)).toBe(position);
  });
});
