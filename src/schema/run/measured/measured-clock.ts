import { z } from "zod";

/** How the clock of a host compares with that of the launching machine. */
export const measuredClockFields = {
  /** Added to times of the host to get those of the launching machine, milliseconds. */
  offsetMs: z.number(),
  /** The offset is at most this wrong, milliseconds. */
  uncertaintyMs: z.number().nonnegative(),
  /** How much faster the host's clock runs, parts per million; absent if it cannot be told from zero. */
  driftPpm: z.number().optional(),
};

const measuredClock = z.strictObject(measuredClockFields);
export type MeasuredClock = z.output<typeof measuredClock>;
