import { describe, expect, test } from "vitest";
import { isMetricName, parseMetricPattern } from "./metric-pattern.ts";

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
    { name: "reads a name that is not in ASCII", text: "v .*R²=(\\S+)", metric: "R²" },
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

describe("isMetricName", () => {
  test.each([
    { text: "val_acc", isName: true },
    { text: "Acc@1", isName: true },
    { text: "lm loss", isName: true },
    { text: "eval/validation.loss", isName: true },
    { text: "val_acc=([0-9.]+)", isName: false },
    { text: "loss.*", isName: false },
    { text: "3", isName: false },
  ])("`$text`: $isName", ({ text, isName }) => {
    expect(isMetricName(text)).toBe(isName);
  });
});
