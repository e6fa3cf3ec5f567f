import type { GapPartName, ReviewedField, StepShare } from "../../schema/plan/training-review.ts";

/** What the parts of a gap are called. */
export const gapPartLabels: Readonly<Record<GapPartName, string>> = {
  initialization: "initialization",
  samples: "number of samples",
  data: "waiting for data",
  compute: "computation",
  communication: "communication",
  steps: "step time",
  "first-steps": "first steps",
  stragglers: "stragglers",
  "slow-steps": "slow steps",
  evaluation: "evaluation",
  checkpoints: "checkpoints",
  pauses: "pauses",
  restarts: "restarts",
  "not-explained": "not explained",
};

export const stepShareLabels: Readonly<Record<StepShare["part"], string>> = {
  compute: "computation",
  recomputation: "recomputation",
  communication: "exposed communication",
  bubble: "pipeline bubble",
  stragglers: "stragglers",
  other: "optimizer and host",
};

export const originLabels: Readonly<Record<ReviewedField["origin"], string>> = {
  option: "given",
  log: "log",
  settings: "settings",
  record: "record",
  "system file": "system file",
  "published configuration": "published",
  inferred: "inferred",
  assumed: "assumed",
};
