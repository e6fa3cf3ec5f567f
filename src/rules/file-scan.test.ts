import { describe, expect, test } from "vitest";
import type { JsonValue } from "../foundation/json.ts";
import type { LogEvent, LogLine } from "../schema/logs/log-event.ts";
import { type RuleEdition, ruleEdition } from "../schema/logs/rule-edition.ts";
import { compileEdition } from "./compile-edition.ts";

/** Creates a rule edition from files in the format of `data/rules/`. */
function editionOf(...files: unknown[]): RuleEdition {
  return ruleEdition.parse({
    edition: "made-up-1.0",
    source: "made up",
    released: "2026-01-01",
    files,
  });
}

function event(key: string, value: JsonValue, more: Partial<LogEvent> = {}): Partial<LogEvent> {
  return { key, value, ...more };
}

function linesOf(events: readonly Partial<LogEvent>[]): LogLine[] {
  return events.map((each, index) => ({
    kind: "event",
    lineNumber: index + 1,
    byteOffset: index * 100,
    event: {
      timeMs: index,
      namespace: "",
      eventType: "POINT_IN_TIME",
      key: "",
      value: null,
      metadata: {},
      ...each,
    },
  }));
}

function check(edition: RuleEdition, events: readonly Partial<LogEvent>[]) {
  const checking = compileEdition(edition).start();
  for (const line of linesOf(events)) checking.push(line);
  return checking.finish();
}

const isPositive = { op: "gt", left: { value: true }, right: { const: 0 } };

describe("required keys", () => {
  test.each([
    {
      name: "exactly-one fails without a line",
      require: "exactly-one",
      values: [],
      keys: ["a"],
      warnings: [],
    },
    {
      name: "exactly-one passes with one line",
      require: "exactly-one",
      values: [1],
      keys: [],
      warnings: [],
    },
    {
      name: "exactly-one only warns about a repeated equal value",
      require: "exactly-one",
      values: [1, true],
      keys: [],
      warnings: ["key-repeated"],
    },
    {
      name: "exactly-one treats NaN values as equal",
      require: "exactly-one",
      values: [Number.NaN, Number.NaN],
      keys: [],
      warnings: ["key-repeated"],
    },
    {
      name: "exactly-one fails with two different values",
      require: "exactly-one",
      values: [1, 2],
      keys: ["a"],
      warnings: [],
    },
    {
      name: "at-least-one fails without a line",
      require: "at-least-one",
      values: [],
      keys: ["a"],
      warnings: [],
    },
    {
      name: "at-least-one passes with two lines",
      require: "at-least-one",
      values: [1, 2],
      keys: [],
      warnings: [],
    },
    {
      name: "atLeast 2 fails with one line",
      require: { atLeast: 2 },
      values: [1],
      keys: ["a"],
      warnings: [],
    },
    {
      name: "optional passes without a line",
      require: "optional",
      values: [],
      keys: [],
      warnings: [],
    },
    {
      name: "alternatives fail if none is logged",
      require: { atLeastOneOr: ["z", "b"] },
      values: [],
      keys: ["a|b|z"],
      warnings: [],
    },
    {
      name: "alternatives pass if one is logged",
      require: { atLeastOneOr: ["z", "b"] },
      values: [1],
      keys: [],
      warnings: [],
    },
  ])("$name", ({ require, values, keys, warnings }) => {
    const edition = editionOf({
      name: "common",
      keys: [
        { key: "a", require },
        { key: "other", require: "none" },
      ],
    });
    const verdict = check(edition, [
      event("other", 0),
      ...values.map((value) => event("a", value)),
    ]);
    expect(verdict.failingKeys).toEqual(keys);
    expect(verdict.warnings.map(({ rule }) => rule)).toEqual(warnings);
    expect(verdict.verdict).toBe(keys.length === 0 ? "pass" : "fail");
  });

  test("reports one finding for alternatives that reference each other", () => {
    const keys = [
      { key: "a", require: { atLeastOneOr: ["b"] } },
      { key: "b", require: { atLeastOneOr: ["a"] } },
    ];
    expect(check(editionOf({ name: "common", keys }), [event("x", 1)]).findings).toEqual(
      [{ rule: "keys-missing", file: "common", oneOf: ["a", "b"] }, { rule: "no-lines" }].slice(
        0,
        1,
      ),
    );
  });
});

describe("checks", () => {
  test("report the last failing line with the expected and actual values", () => {
    const edition = editionOf({
      name: "common",
      keys: [{ key: "a", require: "none", checks: [isPositive] }],
    });
    expect(check(edition, [event("a", -1), event("a", 1), event("a", -2)]).findings).toEqual([
      {
        rule: "check-failed",
        file: "common",
        key: "a",
        line: 3,
        expected: "value > 0",
        seen: { value: -2 },
      },
    ]);
  });

  test("apply only to the first line of a submission_ key", () => {
    const keys = [{ key: "submission_org", require: "at-least-one", checks: [isPositive] }];
    const edition = editionOf({ name: "common", keys });
    expect(check(edition, [event("submission_org", 1), event("submission_org", -1)]).verdict).toBe(
      "pass",
    );
  });

  test("update the state even if the line fails a check", () => {
    const remember = [{ set: "last", to: { value: true } }];
    const isMore = { op: "gt", left: { value: true }, right: { state: "last" } };
    const keys = [{ key: "a", require: "none", checks: [isMore], remember }];
    const edition = editionOf({ name: "common", initial: { last: 5 }, keys });
    const { findings } = check(edition, [event("a", 3), event("a", 4)]);
    expect(findings).toMatchObject([{ rule: "check-failed", line: 1 }]);
    expect(check(edition, [event("a", 3), event("a", 2)]).findings).toMatchObject([
      { line: 2, seen: { "state.last": 3 } },
    ]);
  });

  test("fail the key and skip the remaining actions if an action cannot be evaluated", () => {
    const remember = [
      { set: "first", to: { const: 1 } },
      { set: "x", to: { add: [{ value: true }, { const: 1 }] } },
      { set: "second", to: { const: 1 } },
    ];
    const end = [
      { op: "truthy", left: { state: "first" } },
      { op: "truthy", left: { state: "second" } },
    ];
    const edition = editionOf({
      name: "common",
      keys: [{ key: "a", require: "none", remember }],
      end,
    });
    const { failingKeys, findings } = check(edition, [event("a", "text")]);
    expect(failingKeys).toEqual(["END", "a"]);
    expect(findings).toContainEqual(
      expect.objectContaining({
        rule: "line-not-usable",
        expected: "state.x := (value + 1)",
        seen: { value: "text" },
      }),
    );
    expect(findings.filter(({ rule }) => rule === "end-check-failed")).toEqual([
      { rule: "end-check-failed", file: "common", expected: "state.second", seen: {} },
    ]);
  });

  test("apply firstCheck only to the first line, after its state update", () => {
    const keys = [
      {
        key: "a",
        require: "none",
        firstCheck: [{ op: "eq", left: { state: "n" }, right: { value: true } }],
        remember: [{ set: "n", to: { value: true } }],
      },
    ];
    expect(check(editionOf({ name: "common", keys }), [event("a", 1), event("a", 2)]).verdict).toBe(
      "pass",
    );
  });
});

describe("a condition that one line must meet", () => {
  const edition = editionOf({
    name: "common",
    keys: [
      {
        key: "a",
        require: "at-least-one",
        atLeastOneCheck: [isPositive, { op: "lt", left: { value: true }, right: { const: 9 } }],
      },
    ],
  });

  test.each([
    {
      name: "passes if one line meets the condition",
      values: [-1, 3, 10],
      verdict: "pass",
      rules: [],
    },
    {
      name: "fails if no line meets the condition",
      values: [-1, 10],
      verdict: "fail",
      rules: ["never-met"],
    },
    {
      name: "reports only the missing key if there is no line",
      values: [],
      verdict: "fail",
      rules: ["key-missing"],
    },
    {
      name: "reports a crash if the condition cannot be evaluated, like the official checker",
      values: [3, null],
      verdict: "crash",
      rules: ["condition-not-computable"],
    },
  ])("$name", ({ values, verdict, rules }) => {
    const ours = check(edition, [
      event("a", 0, { key: "other" }),
      ...values.map((value) => event("a", value)),
    ]);
    expect(ours.verdict).toBe(verdict);
    expect(ours.findings.map(({ rule }) => rule)).toEqual(rules);
  });

  test("also checks repeated submission_ lines", () => {
    const keys = [{ key: "submission_x", require: "none", atLeastOneCheck: [isPositive] }];
    const edition = editionOf({ name: "common", keys });
    expect(check(edition, [event("submission_x", -1), event("submission_x", 1)]).verdict).toBe(
      "pass",
    );
  });
});
