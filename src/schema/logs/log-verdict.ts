import { z } from "zod";
import { logCause } from "./log-cause.ts";
import { logDialects } from "./log-event.ts";
import { ruleFinding } from "./rule-finding.ts";

/** A finding about the log file itself, independent of the rules. */
export const logFileFinding = z.discriminatedUnion("rule", [
  z.strictObject({ rule: z.literal("file-empty") }),
  /** It holds a NUL byte near its beginning, as texts do not. */
  z.strictObject({ rule: z.literal("file-not-text"), byteOffset: z.number().int() }),
  /** It is the summary that LoadGen, of MLPerf Inference, writes. */
  z.strictObject({ rule: z.literal("file-of-inference") }),
  z.strictObject({ rule: z.literal("file-unreadable"), code: z.string() }),
  /** It begins like a gzip file and cannot be unpacked to its end. */
  z.strictObject({ rule: z.literal("gzip-broken"), code: z.string() }),
  /** Its MLPerf lines are of another time than the edition's. */
  z.strictObject({
    rule: z.literal("other-dialect"),
    dialect: z.enum(logDialects),
    lineCount: z.number().int(),
    /** The newest edition that can judge such lines; absent if there is none. */
    edition: z.string().optional(),
  }),
  /** The log is of another division than the one it was checked for. */
  z.strictObject({
    rule: z.literal("division-differs"),
    expected: z.enum(["closed", "open"]),
    seen: z.string().optional(),
  }),
  /** No rules exist for the round of the log, so it cannot be judged. */
  z.strictObject({ rule: z.literal("edition-without-rules"), edition: z.string() }),
]);
export type LogFileFinding = z.output<typeof logFileFinding>;

export const logFinding = z.union([ruleFinding, logFileFinding]);
export type LogFinding = z.output<typeof logFinding>;

/** The verdict on one log. */
export const logVerdict = z.strictObject({
  /** Absent where the log holds no MLPerf line and nothing else names its round; it fails by any rules. */
  edition: z.string().optional(),
  /** As stated in the log; absent if it does not state it. */
  benchmark: z.string().optional(),
  /** As stated in the log, in lower case. */
  division: z.string().optional(),
  /** `not-judged`: no rules were written for the log's round, and the official checker has none either. */
  verdict: z.enum(["pass", "fail", "not-judged"]),
  /** The official checker crashes on this log without a verdict; here that is a fail. */
  officialCheckerCrashes: z.boolean(),
  /** Sorted; a choice of keys joined by `|`; `END` for a check at the end of the log. */
  failingKeys: z.array(z.string()),
  /** From `run_start` to `run_stop`; absent if either is. */
  timeToTrainMs: z.number().optional(),
  findings: z.array(logFinding),
  /** Findings that do not affect the verdict. */
  warnings: z.array(logFinding),
  /** What Pitwall found beyond the official checks; never affects the verdict. */
  causes: z.array(logCause),
});
export type LogVerdict = z.output<typeof logVerdict>;

/** One of several logs, with its path. */
export const checkedLog = logVerdict.extend({
  /** The argument by which it was found. */
  argument: z.string(),
  /** Relative to that argument, with `/`; a file given by name keeps that name. */
  path: z.string(),
});
export type CheckedLog = z.output<typeof checkedLog>;
