import { z } from "zod";

/** Findings about imported logs, as data; `report/findings/describe-import-finding.ts` prints them. */
export const importFindings = [
  /** A log was divided into several trainings only because a counter starts over. */
  z.strictObject({
    rule: z.literal("log-split-at-restarts"),
    /** The counter: `epoch` or `step`. */
    counter: z.string(),
    count: z.number(),
  }),
  /** A counter starts over, but what follows does not look like another training. */
  z.strictObject({
    rule: z.literal("log-may-hold-several-trainings"),
    line: z.number(),
    counter: z.string(),
  }),
  /** The log does not say how its times are to be read. */
  z.strictObject({
    rule: z.literal("log-times-in-doubt"),
    /** The column or field. */
    name: z.string(),
    readAs: z.enum(["seconds", "minutes-and-seconds", "time-of-day", "elapsed", "step-durations"]),
    /** The last time, as it was read. */
    lastMs: z.number(),
  }),
] as const;
