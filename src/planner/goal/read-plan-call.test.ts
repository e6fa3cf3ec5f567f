import { expect, test } from "vitest";
import { readPlanCall } from "./read-plan-call.ts";

test("refuses tokens and a loss together, because one of them would do nothing", () => {
  const texts = { goal: "llama31-8b", maxCount: 64, spot: false, seed: "1" };
  expect(() => readPlanCall({ ...texts, tokens: "100B", target: "2.1" })).toThrow(
    expect.objectContaining({ code: "options-conflict", at: "--target" }),
  );
  expect(readPlanCall({ ...texts, tokens: "100B" }).amount).toEqual({
    tokens: 100e9,
    loss: undefined,
  });
});
