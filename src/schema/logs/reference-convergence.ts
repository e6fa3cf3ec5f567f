import { z } from "zod";
import type { JsonValue } from "../../foundation/json.ts";

const json: z.ZodType<JsonValue> = z.json();

/** Samples that a reference implementation needed to converge at one batch size: MLPerf's RCP. */
const referenceConvergence = z.strictObject({
  edition: z.string(),
  benchmark: z.string(),
  name: z.string(),
  globalBatchSize: z.number().positive(),
  /** The unit of the numbers. */
  unit: z.enum(["epochs", "samples", "steps", "tokens"]),
  /** The metadata field of the evaluation lines that they are compared with. */
  logField: z.enum(["epoch_num", "samples_count", "step_num"]),
  /** One number per reference run, in the order published. */
  convergence: z.array(z.number().nonnegative()).min(1),
  hyperparameters: z.record(z.string(), json),
  creator: z.string().nullable(),
  when: z.string().nullable(),
  platform: z.string().nullable(),
  precision: z.string().nullable(),
});
export type ReferenceConvergence = z.output<typeof referenceConvergence>;

/**
 * `data/rcps.json`: every published reference convergence point, round 1.0 on. Tests hold the shipped file to it.
 *
 * @internal
 */
export const referenceConvergenceList = z.strictObject({
  source: z.string(),
  /** The date of the source. */
  released: z.iso.date(),
  records: z.array(referenceConvergence),
});
