import { describe, expect, test } from "vitest";
import type { JsonValue } from "../foundation/json.ts";
import { UserError } from "../foundation/errors/user-error.ts";
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

/** A rule that applies another rule file when the key `use` is logged. */
function usingRules(action: { useRules: string; edition?: string }) {
  // oxlint-disable-next-line unicorn/no-thenable -- rule files use the key `then`; rules are never awaited
  return { key: "use", require: "none", then: [action] };
}

const isPositive = { op: "gt", left: { value: true }, right: { const: 0 } };

describe("rule files", () => {
  const more = usingRules({ useRules: "{value}" });

  test("a later file reads the log from the start and overrides failures of the same key", () => {
    const edition = editionOf(
      { name: "common", keys: [more, { key: "a", require: "none", checks: [isPositive] }] },
      { name: "lenient", keys: [{ key: "a", require: "none" }] },
      { name: "strict", keys: [{ key: "a", require: "exactly-one" }] },
    );
    expect(check(edition, [event("a", -1)]).failingKeys).toEqual(["a"]);
    expect(check(edition, [event("a", -1), event("use", "lenient")]).failingKeys).toEqual([]);
    expect(
      check(edition, [event("a", -1), event("a", -2), event("use", "strict")]).failingKeys,
    ).toEqual(["a"]);
    const again = [event("a", -1), event("a", -2), event("use", "strict"), event("use", "lenient")];
    expect(check(edition, again).failingKeys).toEqual([]);
    expect(check(edition, [...again, event("use", "strict")]).failingKeys).toEqual(["a"]);
  });

  test("a later file does not override failures without a key", () => {
    const edition = editionOf(
      {
        name: "common",
        keys: [more, { key: "a", require: "none", atLeastOneCheck: [isPositive] }],
      },
      { name: "lenient", keys: [{ key: "a", require: "none" }] },
    );
    expect(check(edition, [event("a", -1), event("use", "lenient")]).failingKeys).toEqual(["a"]);
  });

  test.each([
    { name: "that does not exist", value: "nowhere", problem: "no-such-file" },
    { name: "whose name is not a string", value: 3, problem: "value-is-no-text" },
    { name: "that the official checker cannot load", value: "broken", problem: "cannot-be-loaded" },
  ])("a file $name produces a finding; the official checker crashes", ({ value, problem }) => {
    const edition = editionOf(
      { name: "common", keys: [more] },
      { name: "broken", unreadable: true, keys: [] },
    );
    const { verdict, findings } = check(edition, [event("use", value)]);
    expect(verdict).toBe("crash");
    expect(findings).toMatchObject([
      { rule: "rules-missing", key: "use", line: 1, problem, seen: { value } },
    ]);
  });

  test("circular requests produce a finding; the official checker hangs", () => {
    const edition = editionOf({ name: "common", keys: [more] });
    expect(check(edition, [event("use", "common")]).findings).toEqual([
      { rule: "rules-never-end", files: ["common"] },
    ]);
  });

  test("a file borrowed from another edition must be passed to the compiler", () => {
    const edition = editionOf({
      name: "common",
      keys: [usingRules({ useRules: "x", edition: "made-up-0.9" })],
    });
    expect(() => compileEdition(edition)).toThrow(UserError);
  });
});

describe("metrics on separate lines", () => {
  const edition = editionOf({
    name: "common",
    special: { id: "aggregate-eval-metrics", groupBy: "samples" },
    keys: [
      {
        key: "aggregated_eval_accuracy",
        require: { atLeast: 2 },
        atLeastOneCheck: [{ op: "le", left: { value: "FID" }, right: { value: "CLIP" } }],
      },
    ],
  });

  function metric(name: string, value: number, samples: JsonValue) {
    return event("eval_accuracy", value, { metadata: { metric: name, samples } });
  }

  test("are joined by the number of samples", () => {
    const lines = [
      metric("FID", 9, 1),
      metric("CLIP", 1, true),
      metric("FID", 3, 2),
      metric("CLIP", 4, 2),
    ];
    expect(check(edition, lines)).toMatchObject({ verdict: "pass", findings: [] });
    expect(check(edition, lines.slice(0, 2)).failingKeys).toEqual(["aggregated_eval_accuracy"]);
  });

  test("produce a finding if the number of samples is missing; the official checker crashes", () => {
    const line = event("eval_accuracy", 1, { metadata: { metric: "FID" } });
    expect(check(edition, [line]).findings).toMatchObject([
      { rule: "eval-line-not-usable", line: 1, groupBy: "samples" },
    ]);
  });
});

describe("unreadable lines", () => {
  const edition = editionOf({ name: "common", keys: [{ key: "a", require: "none" }] });

  function checkLine(line: LogLine, more: RuleEdition = edition) {
    const checking = compileEdition(more).start();
    checking.push(line);
    return checking.finish();
  }
  const place = { lineNumber: 4, byteOffset: 77 };

  test("fail the log and are listed in the finding", () => {
    const { verdict, failingKeys, findings } = checkLine({
      kind: "unreadable",
      dialect: "mllog",
      reason: "not-json",
      ...place,
    });
    expect({ verdict, failingKeys }).toEqual({ verdict: "fail", failingKeys: [] });
    expect(findings[0]).toEqual({
      rule: "unreadable-lines",
      count: 1,
      lines: [{ line: 4, byteOffset: 77, reason: "not-json" }],
    });
  });

  test.each(["not-an-object", "time-missing", "key-missing", "value-missing"] as const)(
    "produce a crash verdict for %s, like the official checker",
    (reason) => {
      expect(checkLine({ kind: "unreadable", dialect: "mllog", reason, ...place })).toMatchObject({
        verdict: "crash",
        findings: [{ rule: "line-incomplete", line: 4, byteOffset: 77, reason }],
      });
    },
  );

  test("are ignored in a dialect that the edition does not read", () => {
    const { findings } = checkLine({
      kind: "unreadable",
      dialect: "mll",
      reason: "not-json",
      ...place,
    });
    expect(findings).toEqual([{ rule: "no-lines" }]);
  });

  test("include lines in newer dialects for edition 0.6, which measures time in seconds", () => {
    const isEarly = { op: "eq", left: { time: true }, right: { const: 12.5 } };
    const old = ruleEdition.parse({
      edition: "training-0.6",
      source: "made up",
      released: "2026-01-01",
      files: [{ name: "common", keys: [{ key: "a", require: "none", checks: [isEarly] }] }],
    });
    const [newer] = linesOf([event("a", 1)]);
    const [older] = linesOf([event("a", 1, { dialect: "mll", timeMs: 12500, timeSeconds: 12.5 })]);
    expect(newer && checkLine(newer, old).findings.map(({ rule }) => rule)).toEqual([
      "unreadable-lines",
      "no-lines",
    ]);
    expect(older && checkLine(older, old).verdict).toBe("pass");
  });
});

describe("the state of an unfinished log", () => {
  test("lists failures, missing keys and unmet conditions", () => {
    const edition = editionOf({
      name: "common",
      keys: [
        { key: "a", require: "exactly-one", checks: [isPositive] },
        { key: "b", require: { atLeastOneOr: ["c"] } },
        { key: "acc", require: "at-least-one", atLeastOneCheck: [isPositive] },
      ],
    });
    const checking = compileEdition(edition).start();
    const [first, second, third] = linesOf([event("a", -1), event("acc", -1), event("acc", 1)]);
    expect(checking.soFar()).toEqual({
      files: ["common"],
      findings: [],
      waitingFor: ["a", "b|c", "acc"],
      notMetYet: [],
    });
    if (first !== undefined) checking.push(first);
    if (second !== undefined) checking.push(second);
    expect(checking.soFar()).toMatchObject({
      findings: [{ rule: "check-failed", key: "a" }],
      waitingFor: ["b|c"],
      notMetYet: ["acc"],
    });
    if (third !== undefined) checking.push(third);
    expect(checking.soFar().notMetYet).toEqual([]);
  });
});
