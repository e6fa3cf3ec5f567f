import { expect, test } from "vitest";
import { runDisturbances } from "./run-disturbances.ts";

test("names what disturbed each run, and compares frequencies with the other runs", () => {
  expect(
    runDisturbances([
      { otherCpuFraction: 0.05, quotaThrottledFraction: 0, meanFrequencyHz: 3e9, onBattery: false },
      { otherCpuFraction: 0.4, quotaThrottledFraction: 0.3, meanFrequencyHz: 3e9 },
      { thermalThrottleCount: 1, meanFrequencyHz: 2e9, onBattery: true },
      {},
      undefined,
    ]),
  ).toEqual([
    [],
    ["machine-busy", "cpu-quota"],
    ["thermal-throttling", "low-frequency", "on-battery"],
    [],
    [],
  ]);
});
