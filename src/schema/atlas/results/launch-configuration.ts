import { z } from "zod";

const degree = z.number().int().positive().optional();

/** How a submitter's published launch configuration splits a model, as far as it is documented. */
export const launchConfiguration = z.strictObject({
  /** `training-5.0`. */
  edition: z.string(),
  submitter: z.string(),
  benchmark: z.string(),
  nodeCount: degree,
  acceleratorsPerNode: degree,
  globalBatchSize: degree,
  tensorParallel: degree,
  pipelineParallel: degree,
  contextParallel: degree,
  expertParallel: degree,
  precision: z.enum(["fp8", "fp4"]).optional(),
});
export type LaunchConfiguration = z.output<typeof launchConfiguration>;
export const launchConfigurationList = z.strictObject({
  source: z.string(),
  entries: z.array(launchConfiguration),
});
export type LaunchConfigurationList = z.output<typeof launchConfigurationList>;
