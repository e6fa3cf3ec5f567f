import { describe, expect, test } from "vitest";
import { formatTarget, parseTarget } from "./target-text.ts";

describe("parseTarget", () => {
  test.each([
    { text: "val_acc>=0.94", target: { metric: "val_acc", direction: "at-least", value: 0.94 } },
    { text: " loss <= 2e-1 ", target: { metric: "loss", direction: "at-most", value: 0.2 } },
    { text: "lm loss<=2.8", target: { metric: "lm loss", direction: "at-most", value: 2.8 } },
    {
      text: "valid_0's binary_logloss <= 0.5",
      target: { metric: "valid_0's binary_logloss", direction: "at-most", value: 0.5 },
    },
    { text: "Acc@1>=76", target: { metric: "Acc@1", direction: "at-least", value: 76 } },
    {
      text: "Verlust für Test<=1",
      target: { metric: "Verlust für Test", direction: "at-most", value: 1 },
    },
  ])("reads `$text`", ({ text, target }) => {
    expect(parseTarget(text)).toEqual(target);
    expect(parseTarget(formatTarget(parseTarget(text) ?? fail(text)))).toEqual(target);
  });

  test.each(["val_acc", "val_acc=0.9", "val_acc=>0.9", "a<=b<=1", ">=0.9", "3>=1", "loss<=high"])(
    "refuses `%s`",
    (text) => {
      expect(parseTarget(text)).toBeUndefined();
    },
  );
});

function fail(text: string): never {
  throw new Error(`${text} was not read`);
}
