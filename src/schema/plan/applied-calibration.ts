import { z } from "zod";

const factor = z.number().positive();

/** What the user's own finished runs changed in a prediction: factors on what the planner alone predicts. */
export const appliedCalibration = z.strictObject({
  /** On the time to train, if published results predict it. */
  trainTime: factor.optional(),
  /** On the time of a step, if the model predicts it. */
  stepTime: factor.optional(),
  samples: factor.optional(),
  /** On initialization. */
  start: factor.optional(),
  /** Runs that the factors are learned from. */
  runCount: z.number().int().positive(),
});
export type AppliedCalibration = z.output<typeof appliedCalibration>;
