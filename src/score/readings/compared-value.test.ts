import { expect, test } from "vitest";
import type { MetricTarget } from "../../schema/run/outcome/metric-target.ts";
import { comparedValue } from "./compared-value.ts";

function target(metric: string, value: number, direction: MetricTarget["direction"] = "at-least") {
  return { metric, value, direction };
}

test.each([
  {
    name: "converts a percentage where the target is a fraction",
    target: target("val_acc", 0.94),
    printed: { value: 94.1, isPercent: true },
    expected: { value: 0.941, isFractionOfPercent: true, isOffScale: false },
  },
  {
    name: "keeps a percentage where the target is one",
    target: target("val_acc", 94),
    printed: { value: 94.1, isPercent: true },
    expected: { value: 94.1, isFractionOfPercent: false, isOffScale: false },
  },
  {
    name: "finds an accuracy of 3.41 off the scale of 0.76",
    target: target("Acc@1", 0.76),
    printed: { value: 3.41, isPercent: false },
    expected: { value: 3.41, isFractionOfPercent: false, isOffScale: true },
  },
  {
    name: "finds an accuracy of 940 off the scale of 94",
    target: target("top1_accuracy", 94),
    printed: { value: 940, isPercent: false },
    expected: { value: 940, isFractionOfPercent: false, isOffScale: true },
  },
  {
    name: "lets a score that is no share be above 1",
    target: target("reward", 0.5),
    printed: { value: 3, isPercent: false },
    expected: { value: 3, isFractionOfPercent: false, isOffScale: false },
  },
  {
    name: "lets a loss be above 1",
    target: target("val_loss", 0.5, "at-most"),
    printed: { value: 3, isPercent: false },
    expected: { value: 3, isFractionOfPercent: false, isOffScale: false },
  },
])("$name", ({ target, printed, expected }) => {
  const compared = comparedValue(target, printed);
  expect({ ...compared, value: Math.round(compared.value * 1e9) / 1e9 }).toEqual(expected);
});
