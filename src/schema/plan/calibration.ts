import { z } from "zod";
import { intervalReaches } from "./interval-reach.ts";
import { stepConstantNames } from "./step-constant.ts";

/** What a constant was fitted for; absent: all. */
const scope = {
  /** Accelerators with the same matrix units: `ampere`, `hopper`, `blackwell`, `tpu`. */
  generation: z.string().optional(),
  precision: z.string().optional(),
  /** Training framework, and its age where that changes what it does: `megatron-2022`. */
  stack: z.string().optional(),
  /** Name in accelerators.json. */
  accelerator: z.string().optional(),
  family: z.enum(["dense", "experts"]).optional(),
  /** Processor that launches kernels. */
  host: z.enum(["grace", "x86"]).optional(),
};

const fittedConstant = z.strictObject({
  name: z.enum(stepConstantNames),
  ...scope,
  value: z.number(),
});

/** How well the constants of a group reproduce its measurements; errors are means of |predicted / measured - 1|. */
const groupFit = z.strictObject({
  ...scope,
  points: z.number().int(),
  meanError: z.number(),
  /** Each layout, model or source left out in turn, as in `stepEvidence`. */
  layoutLeftOut: z.number(),
  modelLeftOut: z.number(),
  sourceLeftOut: z.number(),
});

/** Measured over predicted step time that bounds `level` of the points that a fit did not see. */
const interval = z.strictObject({
  ...scope,
  /** Whether another layout of the same kind of model was measured. */
  reach: z.enum(intervalReaches).optional(),
  points: z.number().int(),
  low: z.number(),
  high: z.number(),
});

export const calibration = z.strictObject({
  schemaVersion: z.literal(1),
  /** Measurements that were fitted. */
  points: z.number().int(),
  level: z.number(),
  constants: z.array(fittedConstant),
  /** Newest month of the software that was measured, and the one in the middle, for layouts that name none. */
  newestSoftware: z.array(
    z.strictObject({
      generation: z.string(),
      stack: z.string(),
      month: z.string(),
      typicalMonth: z.string(),
    }),
  ),
  fits: z.array(groupFit),
  intervals: z.array(interval),
});
export type Calibration = z.output<typeof calibration>;
export type CalibrationScope = Pick<
  Calibration["constants"][number],
  "generation" | "precision" | "stack" | "accelerator" | "family" | "host"
>;

/** A measurement as predictions refer to it: what its layout was, and predicted over measured step time. */
export const stepEvidence = z.strictObject({
  id: z.string(),
  source: z.string(),
  generation: z.string(),
  precision: z.string(),
  stack: z.string(),
  accelerator: z.string(),
  /** What distances are measured in, as `planner/step/evidence-features.ts` weighs it. */
  features: z.array(z.number()),
  /** Of the error of the constants, in the corrections of predictions nearby. */
  weight: z.number(),
  ratio: z.number().positive(),
  /** The same without a correction from this layout, whatever its software and precision. */
  layoutLeftOut: z.number().positive(),
  /** The same with constants and corrections from other models alone. */
  modelLeftOut: z.number().positive(),
  /** The same with constants and corrections from other sources alone. */
  sourceLeftOut: z.number().positive(),
  /** The same without the measurements on the most accelerators of each source, for those. */
  scaleLeftOut: z.number().positive().optional(),
});
export type StepEvidence = z.output<typeof stepEvidence>;
export const stepEvidenceList = z.strictObject({ entries: z.array(stepEvidence) });
export type StepEvidenceList = z.output<typeof stepEvidenceList>;
