import { z } from "zod";

/** Where the times of an imported run come from. */
export const logTimes = z.strictObject({
  source: z.enum([
    /** `time_ms` of MLLOG lines. */
    "mllog",
    /** Dates: at the beginning of lines, or stored with each value. */
    "time-stamps",
    /** A number that counts up from the start of training. */
    "elapsed",
    /** Durations of steps, added up. */
    "step-times",
    /** Only the duration of the whole training is known. */
    "total",
    "none",
  ]),
  /** The name of the number or field that the times are read from. */
  name: z.string().optional(),
  reliability: z.enum([
    /** Each value has its own time. */
    "logged",
    /** Times are sums of durations; what happened between the steps is missing. */
    "summed",
    /** Times assume a constant speed. */
    "interpolated",
    "none",
  ]),
  /** What the times include, as a clause. */
  covers: z.string(),
});
export type LogTimes = z.output<typeof logTimes>;

/** What an imported run was read from. */
export const logOrigin = z.strictObject({
  /** A name in the table of log formats. */
  format: z.string(),
  /** As it was given. */
  path: z.string(),
  /** Files in the folder that was given, relative to it; absent if a file was given. */
  files: z.array(z.string()).optional(),
  /** Of the bytes that were read; of several files, in this order. */
  sha256: z.string().length(64),
  byteCount: z.number().int().nonnegative(),
  importedMs: z.number(),
  /** The id that a tracker gave the run. */
  trackedRunId: z.string().optional(),
  /** Which of several trainings in one log. */
  part: z
    .strictObject({ number: z.number().int().positive(), count: z.number().int().positive() })
    .optional(),
  times: logTimes,
  /** Settings that the tracker stored with the training, as text: learning rate, batch size, seed. */
  settings: z.record(z.string(), z.string()).optional(),
  /** How the training ended, if the log states it. */
  ended: z.enum(["finished", "failed", "killed"]).optional(),
  /** Whether the log states the seed; the seed of the request is meaningless without it. */
  seedIsKnown: z.boolean(),
  /** Copies of the files in the record; absent if log.txt contains all of the text, or if they are too large to copy. */
  copies: z.array(z.string()).optional(),
});
export type LogOrigin = z.output<typeof logOrigin>;
