import { z } from "zod";

/** Starts at 1. */
const line = z.number().int();

/**
 * Why a log is not what it should be, found by Pitwall in addition to the official findings. A cause never changes a
 * verdict.
 */
export const logCause = z.discriminatedUnion("cause", [
  /** A restarted program appended to the log. Lines are the first of each attempt. */
  z.strictObject({ cause: z.literal("several-attempts"), startLines: z.array(line) }),
  /** Several processes logged the same run. */
  z.strictObject({
    cause: z.literal("several-ranks"),
    rankCount: z.number().int(),
    /** The first line of each rank; one after another, or the `run_start` of each where lines alternate. */
    startLines: z.array(line),
    areInterleaved: z.boolean(),
  }),
  /** LoadGen's log, of MLPerf Inference. */
  z.strictObject({ cause: z.literal("inference-log"), line: line.optional() }),
  /** Metadata, or whole lines, were printed by Python's `str` instead of `json.dumps`. */
  z.strictObject({
    cause: z.literal("python-syntax"),
    part: z.enum(["metadata", "line"]),
    count: z.number().int(),
    firstLine: line,
  }),
  /** A required key is missing, and an unknown key has nearly its name. */
  z.strictObject({
    cause: z.literal("key-misspelled"),
    wanted: z.string(),
    written: z.string(),
    line,
  }),
  /** The clock stopped before the first evaluation that meets the target. */
  z.strictObject({
    cause: z.literal("target-after-stop"),
    key: z.string(),
    line,
    stopLine: line,
    lateMs: z.number(),
  }),
  /** `time_ms` of the clock keys is in seconds since the epoch. */
  z.strictObject({ cause: z.literal("time-in-seconds"), count: z.number().int(), firstLine: line }),
  /** `time_ms` of the clock keys is in a smaller unit than milliseconds. */
  z.strictObject({
    cause: z.literal("time-too-fine"),
    unit: z.enum(["microseconds", "nanoseconds"]),
    count: z.number().int(),
    firstLine: line,
  }),
  /** Lines are those of MLLOG apart from `:::MLLOG `. */
  z.strictObject({
    cause: z.literal("token-misspelled"),
    /** What precedes the JSON; empty if nothing does. */
    written: z.string(),
    count: z.number().int(),
    firstLine: line,
  }),
  /** Lines were readable before something changed them. */
  z.strictObject({
    cause: z.literal("lines-altered"),
    by: z.enum([
      "container-log",
      "terminal-colors",
      "html-escapes",
      "typographic-quotes",
      "trailing-text",
      "line-wrapping",
      "merge-conflict",
    ]),
    count: z.number().int(),
    firstLine: line,
  }),
  /** The events are there several times: each line was written twice, or the file was joined with itself. */
  z.strictObject({
    cause: z.literal("lines-repeated"),
    /** How often each event is there, in the mean. */
    times: z.number().int(),
    /** The first repeated line, and the line that it repeats. */
    line,
    ofLine: line,
  }),
  /** The lines are not in the order in which they were logged. */
  z.strictObject({
    cause: z.literal("lines-out-of-order"),
    order: z.enum(["text", "newest-first", "mixed"]),
    /** The first that is earlier than the one before; absent if only lines of the same millisecond were sorted. */
    line: line.optional(),
  }),
  /** The file is something else in the place of a log. */
  z.strictObject({
    cause: z.literal("not-a-log"),
    is: z.enum(["git-lfs-pointer", "web-page", "storage-result"]),
  }),
  /** A failing log in which the system says that it ended the program. */
  z.strictObject({ cause: z.literal("ended-by-system"), line, text: z.string() }),
  /** The file ends in the middle of an event. */
  z.strictObject({ cause: z.literal("cut-off"), line }),
  /** The file has two bytes for each character, in all lines or from a line on. */
  z.strictObject({
    cause: z.literal("utf-16"),
    order: z.enum(["little-endian", "big-endian"]),
    fromLine: line.optional(),
  }),
]);
export type LogCause = z.output<typeof logCause>;
