import { describe, expect, test } from "vitest";
import { nearestLine, parseMetricPattern, readMetric } from "./metric-pattern.ts";

function compiled(text: string) {
  const parsed = parseMetricPattern(text);
  if (parsed.kind !== "pattern") throw new Error(`${text}: ${parsed.kind}`);
  return parsed.pattern;
}

describe("parseMetricPattern", () => {
  test.each([
    { name: "takes the word before the group", text: "val_acc=([0-9.]+)", metric: "val_acc" },
    { name: "takes the group's own name first", text: "acc: (?<top1>[0-9.]+)", metric: "top1" },
    {
      name: "looks past white space and colons",
      text: "Validation accuracy:\\s*([0-9.]+)%?",
      metric: "accuracy",
    },
    { name: "keeps slashes in a name", text: "val/loss = ([0-9.]+)", metric: "val/loss" },
    {
      name: "skips a group that does not capture",
      text: "(?:test|val) f1 ([0-9.]+)",
      metric: "f1",
    },
    {
      name: "reads a name behind an escaped bracket",
      text: "\\[loss\\] ([0-9.]+)",
      metric: "loss",
    },
  ])("$name", ({ text, metric }) => {
    expect(compiled(text).metric).toBe(metric);
  });

  test.each([
    { name: "refuses a pattern without a group", text: "val_acc=[0-9.]+", kind: "no-group" },
    { name: "refuses an escaped bracket as a group", text: "val_acc\\(x\\)", kind: "no-group" },
    { name: "refuses an invalid expression", text: "val_acc=([0-9.+", kind: "invalid" },
    { name: "refuses a pattern that names nothing", text: "([0-9.]+)", kind: "no-name" },
  ])("$name", ({ text, kind }) => {
    expect(parseMetricPattern(text).kind).toBe(kind);
  });
});

describe("readMetric", () => {
  test.each([
    {
      name: "reads a plain number",
      pattern: "acc=([0-9.]+)",
      line: "epoch 3 acc=0.941 loss=2",
      value: 0.941,
    },
    { name: "reads an exponent", pattern: "loss=(\\S+)", line: "loss=1.5e-3", value: 0.0015 },
    {
      name: "drops the full stop of a sentence",
      pattern: "acc ([0-9.]+)",
      line: "reached acc 0.94.",
      value: 0.94,
    },
    {
      name: "reads grouped digits",
      pattern: "samples=(\\S+)",
      line: "samples=1,234,567",
      value: 1234567,
    },
    { name: "reads Python's nan", pattern: "loss=(\\S+)", line: "loss=nan", value: Number.NaN },
    {
      name: "reads Python's minus infinity",
      pattern: "loss=(\\S+)",
      line: "loss=-inf",
      value: Number.NEGATIVE_INFINITY,
    },
    {
      name: "reads Infinity",
      pattern: "loss=(\\S+)",
      line: "loss=Infinity",
      value: Number.POSITIVE_INFINITY,
    },
    {
      name: "calls a word not a number",
      pattern: "loss=(\\S+)",
      line: "loss=tensor",
      value: Number.NaN,
    },
    {
      name: "matches a pattern whose first letter may be absent",
      pattern: "v?acc=([0-9.]+)",
      line: "acc=1",
      value: 1,
    },
    {
      name: "matches either of two names",
      pattern: "(?:acc|top1)=([0-9.]+)",
      line: "top1=0.5",
      value: 0.5,
    },
  ])("$name", ({ pattern, line, value }) => {
    expect(readMetric(compiled(pattern), line)?.value).toBe(value);
  });

  test("says nothing of a line without the metric", () => {
    expect(readMetric(compiled("acc=([0-9.]+)"), "loss=3")).toBeUndefined();
  });
});

describe("nearestLine", () => {
  test("finds the line that spells the metric another way", () => {
    const lines = ["epoch 1 of 10", "Val Acc: 0.93", "loss 0.1", "done"];
    expect(nearestLine("val_acc", lines)).toBe("Val Acc: 0.93");
  });
  test("finds nothing where no line shares a word", () => {
    expect(nearestLine("val_acc", ["hello 1", "world 2"])).toBeUndefined();
  });
});
