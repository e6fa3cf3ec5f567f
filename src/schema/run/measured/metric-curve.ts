import { z } from "zod";

/**
 * The values of a metric over a run. Of more than about 1,000 values, the first, minimum, maximum and last of each of
 * several hundred equal parts are kept.
 */
export const metricCurve = z.strictObject({
  metric: z.string(),
  /** Of all values, kept or not. */
  count: z.number().int().positive(),
  /** Milliseconds since run_start, one for each kept value. */
  clockMs: z.array(z.number()),
  values: z.array(z.number()),
  /** The number of each kept value among all, counted from 1; present if not all of them are kept. */
  numbers: z.array(z.number().int().positive()).optional(),
});
export type MetricCurve = z.output<typeof metricCurve>;
