import { expect, test } from "vitest";
import type { Calibration } from "../../schema/plan/calibration.ts";
import { intervalReach, stepInterval } from "./step-interval.ts";

const calibration: Calibration = {
  schemaVersion: 1,
  points: 100,
  constants: [],
  newestSoftware: [],
  fits: [],
  level: 0.8,
  intervals: [
    { reach: "setting", points: 100, low: 0.9, high: 1.2 },
    { reach: "beyond", points: 100, low: 0.7, high: 1.5 },
    { reach: "beyond", generation: "hopper", points: 30, low: 0.8, high: 1.4 },
  ],
};
const scope = { generation: "hopper", precision: "bf16", stack: "fsdp", family: "dense" } as const;
const unknown = {
  isTransferred: false,
  distance: 20,
  scaleDistance: Infinity,
  settingDistance: 20,
  spreadOfChoices: 1,
};

test.each([
  [0, Infinity, 0, "beside"],
  [0.2, 0.9, 0, "scaled"],
  [2, 1.8, 0, "near"],
  [7, Infinity, 0, "far"],
  [9, Infinity, 3, "setting"],
  [9, Infinity, 5, "beyond"],
] as const)(
  "a measurement %d away, %d from the same layout at another scale, %d without the model, is %s",
  (distance, scaleDistance, settingDistance, reach) => {
    expect(intervalReach({ distance, scaleDistance, settingDistance })).toBe(reach);
  },
);

test("an interval is that of the most specific group, as far from any measurement", () => {
  expect(stepInterval(100, calibration, scope, unknown)).toEqual({
    low: 80,
    high: 140,
    level: 0.8,
  });
});

test("a setting that was measured with other models narrows the interval", () => {
  expect(stepInterval(100, calibration, scope, { ...unknown, settingDistance: 3 })).toEqual({
    low: 90,
    high: 120,
    level: 0.8,
  });
});
