import { z } from "zod";

/** One training of a result. */
export const resultRun = z.strictObject({
  rowId: z.string(),
  /** The log's name without its ending: `result_0`. Unique within the row. */
  run: z.string(),
  fate: z.enum(["counted", "fastest", "slowest", "failed", "not-needed"]),
  /** The reason a failed run failed: failing keys, `checker-crash`, `not-converged`, `no-clock`. */
  failure: z.string().optional(),
  /** `run_start` to `run_stop`, milliseconds. */
  timeToTrainMs: z.number().nonnegative().optional(),
  /** In the row's `samplesUnit`. */
  samplesToConverge: z.number().nonnegative().optional(),
  seed: z.number().optional(),
  joules: z.number().nonnegative().optional(),
  /** From the log's first line to `run_start`, milliseconds. */
  initMs: z.number().nonnegative().optional(),
});
export type ResultRun = z.output<typeof resultRun>;
