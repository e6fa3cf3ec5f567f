import { expect, test } from "vitest";
import type { Calibration } from "../../schema/plan/calibration.ts";
import { stepConstantNames } from "../../schema/plan/step-constant.ts";
import { resolveConstants } from "./resolve-constants.ts";

const calibration: Calibration = {
  schemaVersion: 1,
  points: 2,
  level: 0.8,
  newestSoftware: [],
  fits: [],
  intervals: [],
  constants: [
    ...stepConstantNames.map((name) => ({ name, value: 1 })),
    { name: "networkShare", generation: "tpu", value: 2 },
  ],
};

test.each([
  { name: "tpu", nearest: "tpu", networkShare: 2 },
  { name: "hopper", nearest: "hopper", networkShare: 1 },
] as const)("a constant of $name is preferred to one of all accelerators", (row) => {
  const { constants } = resolveConstants(calibration, {
    generation: { name: row.name, nearest: row.nearest },
    precision: "bf16",
    stack: "maxtext",
    accelerator: "any",
    family: "dense",
    host: "x86",
  });
  expect(constants.networkShare).toBe(row.networkShare);
});
