import { describe, expect, test } from "vitest";
import type { Term } from "../schema/logs/rule-formula.ts";
import { binaryCalculations } from "./calculate.ts";
import { compileTerm } from "./compile-formula.ts";

/** The result of a calculation that Python ends with an error. */
const notComputable = undefined;

describe("binaryCalculations, as Python calculates", () => {
  test.each([
    { name: "a remainder", a: 7, b: 3, expected: 1 },
    { name: "a remainder with the sign of the divisor", a: -7, b: 3, expected: 2 },
    { name: "a remainder of a negative divisor", a: 7, b: -3, expected: -2 },
    { name: "no remainder of a multiple", a: -6, b: 3, expected: -0 },
    { name: "a remainder of a fraction", a: 0.75, b: 0.5, expected: 0.25 },
    { name: "a remainder of true as 1", a: true, b: 3, expected: 1 },
    { name: "an error for a remainder by zero", a: 7, b: 0, expected: notComputable },
    { name: "an error for a remainder of a string", a: "7", b: 3, expected: notComputable },
  ])("mod gives $name", ({ a, b, expected }) => {
    expect(binaryCalculations.mod(a, b)).toBe(expected);
  });

  test.each([
    { name: "the larger number", a: 1, b: 2, expected: 2 },
    { name: "the first of equal operands", a: 1, b: true, expected: 1 },
    { name: "the larger string", a: "b", b: "a", expected: "b" },
    { name: "an error for operands without an order", a: null, b: 1, expected: notComputable },
  ])("max gives $name", ({ a, b, expected }) => {
    expect(binaryCalculations.max(a, b)).toBe(expected);
  });
});

describe("a term with a default for unset state", () => {
  const term: Term = { state: "a", else: null };

  test.each([
    { name: "the default", state: new Map(), expected: null },
    { name: "a state that is set", state: new Map([["a", false]]), expected: false },
  ])("gives $name", ({ state, expected }) => {
    expect(compileTerm(term)({ line: undefined, state })).toBe(expected);
  });
});
