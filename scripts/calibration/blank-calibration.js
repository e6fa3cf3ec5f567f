import { constantNames, priorOf } from "./constant-rules.js";

/** A calibration of priors only, to prepare points before anything is fitted. */
export const blankCalibration = {
  schemaVersion: 1,
  points: 0,
  level: 0.8,
  constants: constantNames.map((name) => ({ name, value: priorOf(name, {}) })),
  newestSoftware: [],
  fits: [],
  intervals: [],
};
