import { z } from "zod";
import { expectedAmount } from "./plan-expectation.ts";

/** The parts of a plan that a run can be compared with. */
export const comparedParts = [
  "trainTime",
  "stepTime",
  "samples",
  "start",
  "evaluation",
  "cost",
  "energy",
  "goodput",
] as const;
export type ComparedPartName = (typeof comparedParts)[number];

export const comparedPart = z.strictObject({
  part: z.enum(comparedParts),
  unit: z.enum(["milliseconds", "samples", "US dollars", "kilowatt-hours", "fraction"]),
  predicted: expectedAmount,
  got: z.number().nonnegative(),
  /** Of what was got to the predicted median; absent if that is 0. */
  ratio: z.number().nonnegative().optional(),
  /** Whether it is from the 10th to the 90th percentile; absent if the plan has no range. */
  isInside: z.boolean().optional(),
  /** How it was measured. */
  how: z.string(),
});
export type ComparedPart = z.output<typeof comparedPart>;

/** How far a plan was off. */
export const planComparison = z.strictObject({
  goal: z.string(),
  /** Accelerators of the run, if they are not as many as planned; 0: a machine without any. */
  ranOnCount: z.number().int().nonnegative().optional(),
  /** Only what was measured. */
  parts: z.array(comparedPart),
  /** Parts that the plan has and the run did not measure. */
  notMeasured: z.array(z.enum(comparedParts)),
});
export type PlanComparison = z.output<typeof planComparison>;
