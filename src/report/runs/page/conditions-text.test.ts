import { expect, test } from "vitest";
import { conditionsText } from "./conditions-text.ts";

test("names what is known, and nothing else", () => {
  expect(conditionsText()).toBeUndefined();
  expect(conditionsText({ meanFrequencyHz: 2e9, onBattery: false })).toBeUndefined();
  expect(conditionsText({ otherCpuFraction: 0.456, thermalThrottleCount: 0 })).toBe(
    "other processes used 46 % of the CPU time, no thermal throttling",
  );
  const worse = { quotaThrottledFraction: 0.1, thermalThrottleCount: 1, onBattery: true };
  expect(conditionsText(worse)).toBe(
    "held back by a CPU quota for 10 % of the time, 1 thermal throttling event, on battery",
  );
});
