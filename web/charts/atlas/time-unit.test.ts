import { expect, test } from "vitest";
import { timeUnitOf } from "./time-unit.ts";

test.each([
  { name: "seconds if all times are of a few seconds", minutes: [0.044, 0.0426], unit: "s" },
  { name: "minutes if one time is longer", minutes: [0.044, 0.2], unit: "min" },
])("$name", ({ minutes, unit }) => {
  expect(timeUnitOf(minutes).name).toBe(unit);
});
