import { z } from "zod";

/** The quality to reach: a metric, the better direction, and a value. */
export const metricTarget = z.strictObject({
  metric: z.string().min(1),
  direction: z.enum(["at-least", "at-most"]),
  value: z.number(),
});
export type MetricTarget = z.output<typeof metricTarget>;
