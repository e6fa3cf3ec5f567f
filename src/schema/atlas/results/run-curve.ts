import { z } from "zod";

/**
 * The stored curves of a training. `quality` is the benchmark's own metric (`metricName` says which), `stepMs` the
 * time of one training step, `samplesPerSecond` the throughput.
 */
export const curveSeries = ["quality", "loss", "stepMs", "samplesPerSecond"] as const;
export type CurveSeries = (typeof curveSeries)[number];

/**
 * One series of one run: parallel arrays, in order of time. Downsampled if there were many points; the minimum and
 * maximum of each interval are kept.
 */
export const runCurve = z.strictObject({
  rowId: z.string(),
  run: z.string(),
  series: z.enum(curveSeries),
  /** As logged: `eval_accuracy`, `eval_error`, `train_step_time`. */
  metricName: z.string(),
  /** Milliseconds since `run_start`. */
  clockMs: z.array(z.number()),
  value: z.array(z.number()),
  /** Samples (epochs, steps: the row's `samplesUnit`) seen so far; absent if the log does not contain them. */
  samples: z.array(z.number()).optional(),
  /** Points before thinning. */
  pointCount: z.number().int().nonnegative(),
});
export type RunCurve = z.output<typeof runCurve>;
