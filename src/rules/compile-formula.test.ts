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
  // oxlint-disable-next-line unicorn/no-thenable -- rule files use the key `then`; terms are never awaited
  return { if: condition, then: yes, else: no };
}

function implication(condition: Predicate, then: Predicate): Predicate {
  // oxlint-disable-next-line unicorn/no-thenable -- rule files use the key `then`; predicates are never awaited
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

/** The result of an evaluation error. */
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
      name: "an error for a missing member",
      term: { value: "FID" },
      line: { value: { CLIP: 3 } },
      expected: notComputable,
    },
    {
      name: "an error for an inherited member",
      term: { value: "toString" },
      line: { value: {} },
      expected: notComputable,
    },
    {
      name: "an error for a member of a value that is not an object",
      term: { value: "FID" },
      line: { value: "FID" },
      expected: notComputable,
    },
    { name: "an element from the end", term: { value: -1 }, line: { value: [1, 2] }, expected: 2 },
    {
      name: "an error for a missing list element",
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
    { name: "the default for missing metadata", term: { meta: "a", else: 7 }, expected: 7 },
    {
      name: "an error instead of the default if the metadata is not an object",
      term: { meta: "a", else: 7 },
      line: { metadata: "" },
      expected: notComputable,
    },
    {
      name: "an error for metadata of a line without metadata",
      term: { meta: "a" },
      line: { metadata: undefined },
      expected: notComputable,
    },
    { name: "an error for unset state", term: { state: "a" }, expected: notComputable },
    { name: "true as 1", term: { add: [constant(true), constant(1)] }, expected: 2 },
    {
      name: "an error for a string in arithmetic",
      term: { add: [constant("1"), constant(1)] },
      expected: notComputable,
    },
    {
      name: "an error for division by zero",
      term: { div: [constant(1), constant(0)] },
      expected: notComputable,
    },
    {
      name: "NaN for a negative base with a fractional exponent",
      term: { pow: [constant(-1), constant(0.5)] },
      expected: Number.NaN,
    },
    { name: "the first equal operand", term: { min: [constant(1), constant(true)] }, expected: 1 },
    { name: "the smaller string", term: { min: [constant("b"), constant("a")] }, expected: "a" },
    {
      name: "an error for the minimum of a string and a number",
      term: { min: [constant("b"), constant(1)] },
      expected: notComputable,
    },
    { name: "an error for log2(0)", term: { log2: [constant(0)] }, expected: notComputable },
    { name: "an error for ceil(∞)", term: { ceil: [{ infinity: true }] }, expected: notComputable },
    { name: "the length of an object", term: { len: [constant({ a: 1, b: 2 })] }, expected: 2 },
    { name: "an error for len(3)", term: { len: [constant(3)] }, expected: notComputable },
    { name: "an integer from a string", term: { toInt: [constant(" -1_0 ")] }, expected: -10 },
    {
      name: "an error for a fractional number in a string",
      term: { toInt: [constant("1.5")] },
      expected: notComputable,
    },
    { name: "a truncated fraction", term: { toInt: [constant(-1.5)] }, expected: -1 },
    {
      name: "a list element at a computed position",
      term: { item: [{ state: "l" }, { sub: [value, constant(1)] }] },
      line: { value: 2 },
      state: { l: [4, 5] },
      expected: 5,
    },
    {
      name: "the selected branch without evaluating the other one",
      term: choice({ op: "truthy", left: value }, constant(1), { state: "x" }),
      line: { value: 1 },
      expected: 1,
    },
    {
      name: "an error for a list with a missing element",
      term: { list: [constant(1), { state: "x" }] },
      expected: notComputable,
    },
  ])("gives $name", ({ term, line, state, expected }) => {
    expect(compileTerm(term)(contextOf(line, state))).toEqual(expected);
  });

  test("preserves the order of operations, because exact comparisons depend on it", () => {
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
      name: "a string does not equal a number",
      predicate: { op: "eq", left: constant("1"), right: constant(1) },
      expected: false,
    },
    {
      name: "lists are compared by element",
      predicate: { op: "eq", left: constant([1, { a: true }]), right: constant([true, { a: 1 }]) },
      expected: true,
    },
    {
      name: "NaN does not equal any value",
      predicate: { op: "eq", left: constant(Number.NaN), right: constant(Number.NaN) },
      expected: false,
    },
    {
      name: "null cannot be ordered",
      predicate: { op: "ge", left: constant(null), right: constant(0) },
      expected: notComputable,
    },
    {
      name: "NaN is never greater than or equal to a number",
      predicate: { op: "ge", left: constant(Number.NaN), right: constant(0) },
      expected: false,
    },
    {
      name: "strings are ordered by code point",
      predicate: { op: "lt", left: constant("\uFFFD"), right: constant("\u{1F600}") },
      expected: true,
    },
    {
      name: "1 is in a list that contains true",
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
      name: "a name is present if string metadata contains it",
      predicate: { op: "present", left: { meta: "ric" } },
      line: { metadata: "metric" },
      expected: true,
    },
    {
      name: "presence in a number is an error",
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
      name: "an empty object is not truthy",
      predicate: { op: "truthy", left: constant({}) },
      expected: false,
    },
    {
      name: "a number close to an integer is an integer",
      predicate: { op: "isInteger", left: constant(2.999995) },
      expected: true,
    },
    {
      name: "the integer check is an error for a string",
      predicate: { op: "isInteger", left: constant("3") },
      expected: notComputable,
    },
    {
      name: "1.0 is not an integer literal",
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
      name: "numbers within the relative tolerance are close",
      predicate: { op: "closeTo", left: constant(1), right: constant(1.0005), relative: 0.001 },
      expected: true,
    },
    {
      name: "infinity is not close to a finite number",
      predicate: { op: "closeTo", left: { infinity: true }, right: constant(1), relative: 1 },
      expected: false,
    },
    {
      name: "the same strings in another order are the same items",
      predicate: {
        op: "sameItems",
        left: constant(["a", "b", "a"]),
        right: constant(["a", "a", "b"]),
      },
      expected: true,
    },
    {
      name: "the same strings with different counts are not the same items",
      predicate: {
        op: "sameItems",
        left: constant(["a", "b", "b"]),
        right: constant(["a", "a", "b"]),
      },
      expected: false,
    },
    {
      name: "any propagates an error before the first true operand",
      predicate: {
        any: [
          { op: "truthy", left: { state: "x" } },
          { op: "eq", left: value, right: value },
        ],
      },
      expected: notComputable,
    },
    {
      name: "any stops at the first true operand",
      predicate: {
        any: [
          { op: "eq", left: value, right: value },
          { op: "truthy", left: { state: "x" } },
        ],
      },
      expected: true,
    },
    {
      name: "all stops at the first false operand",
      predicate: {
        all: [
          { op: "truthy", left: constant(0) },
          { op: "truthy", left: { state: "x" } },
        ],
      },
      expected: false,
    },
    {
      name: "if without else is true when its condition is false",
      predicate: implication(
        { op: "truthy", left: constant(0) },
        { op: "truthy", left: constant(0) },
      ),
      expected: true,
    },
    {
      name: "not propagates an error",
      predicate: { not: { op: "truthy", left: { state: "x" } } },
      expected: notComputable,
    },
  ])("$name", ({ predicate, line, expected }) => {
    expect(compilePredicate(predicate)(contextOf(line))).toBe(expected);
  });

  test("equality is symmetric and never an evaluation error", () => {
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

  test("truncates long lists", () => {
    expect(describeTerm(constant(Array.from({ length: 40 }, (_, index) => index)))).toBe(
      '[0,1,2,3,4,5,6,7,8,9,10,11,"… (40 items)"]',
    );
  });
});
