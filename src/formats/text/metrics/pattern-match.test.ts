import { describe, expect, test } from "vitest";
import { parseMetricPattern } from "./metric-pattern.ts";
import { findPattern, numberAround } from "./pattern-match.ts";

function expressionOf(text: string) {
  const parsed = parseMetricPattern(text);
  if (parsed.kind !== "pattern") throw new Error(`${text}: ${parsed.kind}`);
  return parsed.pattern.expression;
}

/** The match of a pattern; its span as the text of its group. */
function matchOf(pattern: string, line: string) {
  const found = findPattern(expressionOf(pattern), line);
  if (!("span" in found)) return found;
  const { span, ...match } = found;
  return { ...match, group: line.slice(span.start, span.end) };
}

describe("findPattern", () => {
  test.each([
    { line: "acc=0.5", match: { kind: "match", group: "0.5" } },
    { line: "loss=3 acc=0.5", match: { kind: "match", group: "0.5" } },
    { line: "train_acc=0.9 acc=0.5", match: { kind: "match", group: "0.5" } },
    { line: "train_acc=0.9", match: { kind: "in-longer-name", found: "train_acc" } },
    { line: "val/acc=0.9", match: { kind: "in-longer-name", found: "val/acc" } },
    { line: "macc=0.9", match: { kind: "in-word", group: "0.9", found: "macc" } },
    { line: "val acc=0.5", match: { kind: "match", group: "0.5" } },
    {
      line: "best acc=0.9 val acc=0.5",
      match: { kind: "several", group: "0.9", names: ["best acc", "val acc"] },
    },
    { line: "loss=3", match: { kind: "none" } },
  ])("of `acc=(\\S+)` in `$line`", ({ line, match }) => {
    expect(matchOf(String.raw`acc=(\S+)`, line)).toEqual(match);
  });

  test("takes a pattern that begins with a qualifier after a slash as a complete name", () => {
    expect(matchOf(String.raw`validation/loss=(\S+)`, "eval/validation/loss=0.5")).toEqual({
      kind: "match",
      group: "0.5",
    });
  });
});

describe("numberAround", () => {
  test.each([
    { line: "loss=1.2e-01", group: "1.2", value: 0.12 },
    { line: "loss=-3.5", group: "3.5", value: -3.5 },
    { line: "loss=1,234.5", group: "234", value: 1234.5 },
    { line: "loss=0.5,", group: "0.5,", value: 0.5 },
    { line: "loss=tensor(0.94)", group: "tensor(0.94)", value: 0.94 },
    { line: "loss=good 3", group: "good", value: undefined },
  ])("reads $value for the group `$group` of `$line`", ({ line, group, value }) => {
    const start = line.indexOf(group);
    const span = { matchStart: 0, start, end: start + group.length };
    expect(numberAround(line, span, undefined)?.value).toBe(value);
  });
});
