import { describe, expect, test } from "vitest";
import type { JsonValue } from "../foundation/json.ts";
import type { Predicate, Term } from "../schema/logs/rule-formula.ts";
import { wantedValue } from "./wanted-value.ts";

const value: Term = { value: true };
const batch: Term = { state: "global_batch_size" };

function solve(predicate: Predicate, seen: JsonValue = 1) {
  const line = {
    key: "k",
    value: seen,
    metadata: {},
    time: 0,
    lineNumber: 1,
    valueWrittenAsFloat: false,
  };
  const state = new Map<string, JsonValue>([
    ["global_batch_size", 1008],
    ["warmup", 9143],
  ]);
  return wantedValue(predicate, { line, state });
}

describe("wantedValue", () => {
  test("calculates the side that the value must equal", () => {
    const quotient: Term = { ceil: [{ div: [{ const: 1_382_400_000 }, batch] }] };
    const right: Term = { sub: [quotient, { state: "warmup" }] };
    expect(solve({ op: "eq", left: value, right })).toEqual({ bound: "equal", value: 1_362_286 });
  });

  test("solves for a value that is multiplied on its side", () => {
    const left: Term = { mul: [value, { const: 1152 }] };
    const right: Term = { mul: [batch, { const: 8e-5 }] };
    expect(solve({ op: "eq", left, right })).toEqual({ bound: "equal", value: 7e-5 });
  });

  test("solves a comparison with a tolerance", () => {
    const wanted: Term = { mul: [{ const: 0.5 }, batch] };
    const left: Term = { abs: [{ sub: [value, wanted] }] };
    expect(solve({ op: "lt", left, right: { const: 1e-9 } })).toEqual({
      bound: "equal",
      value: 504,
    });
  });

  test("gives the limit of an inequality from the value's side", () => {
    const limit: Term = { mul: [batch, { const: 2 }] };
    expect(solve({ op: "le", left: limit, right: value })).toEqual({
      bound: "minimum",
      value: 2016,
    });
    expect(solve({ op: "le", left: value, right: limit })).toEqual({
      bound: "maximum",
      value: 2016,
    });
  });

  test("has no answer where nothing is calculated, a part is missing, or the value is squared", () => {
    const squared: Term = { mul: [value, value] };
    expect(solve({ op: "eq", left: value, right: { const: 3 } })).toBeUndefined();
    expect(solve({ op: "eq", left: value, right: { state: "absent" } })).toBeUndefined();
    expect(solve({ op: "eq", left: squared, right: batch })).toBeUndefined();
  });
});
