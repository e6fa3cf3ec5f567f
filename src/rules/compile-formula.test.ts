import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { JsonValue } from "../foundation/json.ts";
import type { Predicate, Term } from "../schema/logs/rule-formula.ts";
import { compilePredicate, compileTerm } from "./compile-formula.ts";
import { describePredicate, describeTerm } from "./describe-formula.ts";
import type { RuleContext, RuleLine } from "./rule-line.ts";

const value: Term = { value: true };

function constant(json: JsonValue): Term {
  return { const: json };
}

function choice(condition: Predicate, yes: Term, no: Term): Term {
  // oxlint-disable-next-line unicorn/no-thenable -- the word of the rule files; nobody awaits a term
  return { if: condition, then: yes, else: no };
}

function implication(condition: Predicate, then: Predicate): Predicate {
  // oxlint-disable-next-line unicorn/no-thenable -- the word of the rule files; nobody awaits a predicate
  return { if: condition, then };
}

const anyJson = fc.letrec<{ value: JsonValue }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 3 },
    fc.constantFrom(0, 1, true, false, null, "", "1", Number.NaN),
    fc.array(tie("value"), { maxLength: 3 }),
    fc.dictionary(fc.constantFrom("a", "b"), tie("value"), { maxKeys: 2 }),
  ),
})).value;

function contextOf(
  line: Partial<RuleLine> = {},
  state: Record<string, JsonValue> = {},
): RuleContext {
  const whole = {
    key: "k",
    value: null,
    metadata: {},
    time: 5,
    lineNumber: 1,
    valueWrittenAsFloat: false,
    ...line,
  };
  return { line: whole, state: new Map(Object.entries(state)) };
}

/** Evaluation errors are undefined. */
const notComputable = undefined;

describe("compileTerm", () => {
  test.each<{
    name: string;
    term: Term;
    line?: Partial<RuleLine>;
    state?: Record<string, JsonValue>;
    expected: JsonValue | undefined;
  }>([
    {
      name: "a member of the value",
      term: { value: "FID" },
      line: { value: { FID: 3 } },
      expected: 3,
    },
    {
      name: "no member of that name",
      term: { value: "FID" },
      line: { value: { CLIP: 3 } },
      expected: notComputable,
    },
    {
      name: "an inherited member, which is none",
      term: { value: "toString" },
      line: { value: {} },
      expected: notComputable,
    },
    {
      name: "a member of something that has none",
      term: { value: "FID" },
      line: { value: "FID" },
      expected: notComputable,
    },
    { name: "an element from the end", term: { value: -1 }, line: { value: [1, 2] }, expected: 2 },
    {
      name: "an element that is not there",
      term: { value: 2 },
      line: { value: [1, 2] },
      expected: notComputable,
    },
    {
      name: "metadata that is null",
      term: { meta: "a" },
      line: { metadata: { a: null } },
      expected: null,
    },
    { name: "metadata with a stand-in", term: { meta: "a", else: 7 }, expected: 7 },
    {
      name: "no stand-in for metadata that are no object",
      term: { meta: "a", else: 7 },
      line: { metadata: "" },
      expected: notComputable,
    },
    {
      name: "metadata of a line without any",
      term: { meta: "a" },
      line: { metadata: undefined },
      expected: notComputable,
    },
    { name: "a state never set", term: { state: "a" }, expected: notComputable },
    { name: "true as 1", term: { add: [constant(true), constant(1)] }, expected: 2 },
    {
      name: "text in arithmetic",
      term: { add: [constant("1"), constant(1)] },
      expected: notComputable,
    },
    {
      name: "division by zero",
      term: { div: [constant(1), constant(0)] },
      expected: notComputable,
    },
    {
      name: "a negative base with a broken exponent",
      term: { pow: [constant(-1), constant(0.5)] },
      expected: Number.NaN,
    },
    { name: "the first of two equals", term: { min: [constant(1), constant(true)] }, expected: 1 },
    { name: "the smaller text", term: { min: [constant("b"), constant("a")] }, expected: "a" },
    {
      name: "the smaller of text and number",
      term: { min: [constant("b"), constant(1)] },
      expected: notComputable,
    },
    { name: "the logarithm of 0", term: { log2: [constant(0)] }, expected: notComputable },
    { name: "rounding infinity", term: { ceil: [{ infinity: true }] }, expected: notComputable },
    { name: "the length of an object", term: { len: [constant({ a: 1, b: 2 })] }, expected: 2 },
    { name: "the length of a number", term: { len: [constant(3)] }, expected: notComputable },
    { name: "a whole number in text", term: { toInt: [constant(" -1_0 ")] }, expected: -10 },
    {
      name: "a broken number in text",
      term: { toInt: [constant("1.5")] },
      expected: notComputable,
    },
    { name: "a broken number, cut", term: { toInt: [constant(-1.5)] }, expected: -1 },
    {
      name: "an element at a computed place",
      term: { item: [{ state: "l" }, { sub: [value, constant(1)] }] },
      line: { value: 2 },
      state: { l: [4, 5] },
      expected: 5,
    },
    {
      name: "only the branch that is chosen",
      term: choice({ op: "truthy", left: value }, constant(1), { state: "x" }),
      line: { value: 1 },
      expected: 1,
    },
    {
      name: "a list with a missing part",
      term: { list: [constant(1), { state: "x" }] },
      expected: notComputable,
    },
  ])("gives $name", ({ term, line, state, expected }) => {
    expect(compileTerm(term)(contextOf(line, state))).toEqual(expected);
  });

  test("keeps the order of calculation, on which exact comparisons hang", () => {
    const term: Term = { sub: [{ add: [constant(0.1), constant(0.2)] }, constant(0.3)] };
    expect(compileTerm(term)(contextOf())).toBe(0.1 + 0.2 - 0.3);
  });
});

describe("compilePredicate", () => {
  test.each<{
    name: string;
    predicate: Predicate;
    line?: Partial<RuleLine>;
    expected: boolean | undefined;
  }>([
    {
      name: "true equals 1",
      predicate: { op: "eq", left: constant(true), right: constant(1) },
      expected: true,
    },
    {
      name: "a text equals no number",
      predicate: { op: "eq", left: constant("1"), right: constant(1) },
      expected: false,
    },
    {
      name: "lists are equal by element",
      predicate: { op: "eq", left: constant([1, { a: true }]), right: constant([true, { a: 1 }]) },
      expected: true,
    },
    {
      name: "NaN equals nothing",
      predicate: { op: "eq", left: constant(Number.NaN), right: constant(Number.NaN) },
      expected: false,
    },
    {
      name: "null has no size",
      predicate: { op: "ge", left: constant(null), right: constant(0) },
      expected: notComputable,
    },
    {
      name: "NaN is never at least",
      predicate: { op: "ge", left: constant(Number.NaN), right: constant(0) },
      expected: false,
    },
    {
      name: "texts go by code point",
      predicate: { op: "lt", left: constant("\uFFFD"), right: constant("\u{1F600}") },
      expected: true,
    },
    {
      name: "1 is among true",
      predicate: { op: "in", left: constant(1), right: constant(["a", true]) },
      expected: true,
    },
    {
      name: "a null member is present",
      predicate: { op: "present", left: { meta: "a" } },
      line: { metadata: { a: null } },
      expected: true,
    },
    {
      name: "a name within text metadata is present",
      predicate: { op: "present", left: { meta: "ric" } },
      line: { metadata: "metric" },
      expected: true,
    },
    {
      name: "nothing is present in a number",
      predicate: { op: "present", left: { meta: "a" } },
      line: { metadata: 3 },
      expected: notComputable,
    },
    {
      name: "NaN is truthy",
      predicate: { op: "truthy", left: constant(Number.NaN) },
      expected: true,
    },
    {
      name: "an empty object is not",
      predicate: { op: "truthy", left: constant({}) },
      expected: false,
    },
    {
      name: "nearly whole is whole",
      predicate: { op: "isInteger", left: constant(2.999995) },
      expected: true,
    },
    {
      name: "a text is not even asked",
      predicate: { op: "isInteger", left: constant("3") },
      expected: notComputable,
    },
    {
      name: "1.0 is no integer literal",
      predicate: { op: "isIntegerLiteral", left: value },
      line: { value: 1, valueWrittenAsFloat: true },
      expected: false,
    },
    {
      name: "1 is an integer literal",
      predicate: { op: "isIntegerLiteral", left: value },
      line: { value: 1 },
      expected: true,
    },
    {
      name: "close enough",
      predicate: { op: "closeTo", left: constant(1), right: constant(1.0005), relative: 0.001 },
      expected: true,
    },
    {
      name: "infinities are close only to themselves",
      predicate: { op: "closeTo", left: { infinity: true }, right: constant(1), relative: 1 },
      expected: false,
    },
    {
      name: "same texts in another order",
      predicate: {
        op: "sameItems",
        left: constant(["a", "b", "a"]),
        right: constant(["a", "a", "b"]),
      },
      expected: true,
    },
    {
      name: "same texts, not equally often",
      predicate: {
        op: "sameItems",
        left: constant(["a", "b", "b"]),
        right: constant(["a", "a", "b"]),
      },
      expected: false,
    },
    {
      name: "any: an error before the true branch counts",
      predicate: {
        any: [
          { op: "truthy", left: { state: "x" } },
          { op: "eq", left: value, right: value },
        ],
      },
      expected: notComputable,
    },
    {
      name: "any: nothing behind the true branch counts",
      predicate: {
        any: [
          { op: "eq", left: value, right: value },
          { op: "truthy", left: { state: "x" } },
        ],
      },
      expected: true,
    },
    {
      name: "all: stops at the first false",
      predicate: {
        all: [
          { op: "truthy", left: constant(0) },
          { op: "truthy", left: { state: "x" } },
        ],
      },
      expected: false,
    },
    {
      name: "if without else holds",
      predicate: implication(
        { op: "truthy", left: constant(0) },
        { op: "truthy", left: constant(0) },
      ),
      expected: true,
    },
    {
      name: "not passes an error on",
      predicate: { not: { op: "truthy", left: { state: "x" } } },
      expected: notComputable,
    },
  ])("$name", ({ predicate, line, expected }) => {
    expect(compilePredicate(predicate)(contextOf(line))).toBe(expected);
  });

  test("equality goes both ways, and never fails", () => {
    fc.assert(
      fc.property(anyJson, anyJson, (a, b) => {
        const left = constant(a);
        const right = constant(b);
        const context = contextOf();
        const forth = compilePredicate({ op: "eq", left, right })(context);
        expect(forth).toBe(compilePredicate({ op: "eq", left: right, right: left })(context));
        expect(compilePredicate({ op: "ne", left, right })(context)).toBe(forth === false);
      }),
    );
  });
});

describe("describePredicate", () => {
  test.each<{ predicate: Predicate; text: string }>([
    {
      predicate: { op: "in", left: value, right: constant(["closed", "open"]) },
      text: 'value in ["closed","open"]',
    },
    {
      predicate: { not: { op: "truthy", left: { state: "run_started" } } },
      text: "not state.run_started",
    },
    {
      predicate: {
        any: [
          { op: "present", left: { meta: "a" } },
          {
            all: [{ op: "lt", left: { time: true }, right: { mul: [constant(2), { value: 1 }] } }],
          },
        ],
      },
      text: "present(metadata.a) or (time < (2 * value[1]))",
    },
    {
      predicate: implication(
        { op: "isInteger", left: { log2: [value] } },
        { op: "closeTo", left: value, right: { infinity: true }, relative: 0.1 },
      ),
      text: "if isInteger(log2(value)) then closeTo(value, infinity, 0.1)",
    },
  ])("$text", ({ predicate, text }) => {
    expect(describePredicate(predicate)).toBe(text);
  });

  test("cuts long lists", () => {
    expect(describeTerm(constant(Array.from({ length: 40 }, (_, index) => index)))).toBe(
      '[0,1,2,3,4,5,6,7,8,9,10,11,"… (40 items)"]',
    );
  });
});
