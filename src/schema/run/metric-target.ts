import { z } from "zod";

/** The quality to reach: a metric, which way is better, and how far. */
export const metricTarget = z.strictObject({
  metric: z.string().min(1),
  direction: z.enum(["at-least", "at-most"]),
  value: z.number(),
});
export type MetricTarget = z.output<typeof metricTarget>;
