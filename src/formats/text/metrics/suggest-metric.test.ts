import { describe, expect, test } from "vitest";
import { suggestMetric } from "./suggest-metric.ts";

describe("suggestMetric", () => {
  test("finds the line that spells the metric another way, and the name that it gives", () => {
    const lines = ["epoch 1 of 10", "Val Accuracy: 0.93", "loss 0.1"];
    expect(suggestMetric("val_acc", lines)).toEqual({
      nearestLine: "Val Accuracy: 0.93",
      suggestion: "Val Accuracy",
    });
  });

  test("prefers the shorter of two names", () => {
    const lines = ["train loss 0.5 val loss 0.4 loss 0.45"];
    expect(suggestMetric("eval loss", lines).suggestion).toBe("loss");
  });

  test("finds nothing where no line shares a word", () => {
    expect(suggestMetric("val_acc", ["hello 1", "world 2"])).toEqual({});
  });
});
