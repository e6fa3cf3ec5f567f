import { z } from "zod";
import { stagedData } from "../request/data-set.ts";
import { hostName } from "../hosts/host.ts";
import { schedulers } from "../hosts/launch-target.ts";
import { measuredClockFields } from "../measured/measured-clock.ts";
import { launchedRank, placeFields, rankNumber } from "../hosts/rank.ts";
import { silence } from "../findings/silence.ts";
import { attemptFault, recoveryDecision } from "./recovery.ts";
import { verifiedStep } from "../measured/telemetry-sample.ts";

/** Events of a run, in order. Times are from the clock of the launching host. */
const eventBody = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("created"), pid: z.number().int() }),
  /** The data of `--data` is put on the hosts; billed, but not timed. */
  z.strictObject({ kind: z.literal("data"), phase: z.enum(["started", "ended"]) }),
  /** One for each data set and host. */
  stagedData.extend({ kind: z.literal("data-staged") }),
  /** The command of `--prepare`; after a failure the program is not launched. */
  z.strictObject({
    kind: z.literal("prepare"),
    phase: z.enum(["started", "ended"]),
    /** Present when it has ended. */
    exitCode: z.number().int().optional(),
    signal: z.string().optional(),
  }),
  /**
   * Another Pitwall process took over the record of a job that had lost its own. It reads the stored output again from the start; where its
   * clock gives an event another time, the event follows once more.
   */
  z.strictObject({
    kind: z.literal("attached"),
    pid: z.number().int(),
    hostname: z.string(),
  }),
  /** A scheduler has accepted the job, which waits until its `launched` events. */
  z.strictObject({ kind: z.literal("queued"), scheduler: z.enum(schedulers), jobId: z.string() }),
  /** One for each rank. */
  launchedRank.extend({ kind: z.literal("launched") }),
  z.strictObject({
    kind: z.literal("clock-started"),
    by: z.enum(["launch", "run_start", "pattern"]),
  }),
  z.strictObject({
    kind: z.literal("target-reached"),
    value: z.number(),
    samplesCount: z.number().optional(),
  }),
  z.strictObject({
    kind: z.literal("stopping"),
    reason: z.enum([
      "target",
      "max-time",
      "max-cost",
      "max-samples",
      "not-a-number",
      "interrupt",
      "preemption",
      "failure",
    ]),
  }),
  z.strictObject({
    kind: z.literal("rank-exited"),
    ...placeFields,
    exitCode: z.number().int().optional(),
    signal: z.string().optional(),
    /** The time by the clock of its host; absent on the launching machine. */
    hostMs: z.number().optional(),
  }),
  /** The clock of a host was compared with that of the launching machine: times from then on are converted with it. */
  z.strictObject({ kind: z.literal("host-clock"), host: hostName, ...measuredClockFields }),
  /** The launcher can no longer reach a host: its ranks have no exit. */
  z.strictObject({
    kind: z.literal("host-lost"),
    host: hostName,
    reason: z.string(),
    /** It is going down, or was told to make way. */
    isPreempted: z.literal(true).optional(),
  }),
  /** The scheduler has ended the job itself. */
  z.strictObject({
    kind: z.literal("ended-by-scheduler"),
    scheduler: z.enum(schedulers),
    /** In its own words: `TIMEOUT`. */
    state: z.string(),
    reason: z.string(),
  }),
  /** The program prints nothing for longer than its past explains; later, that it prints again. */
  silence
    .partial({ limitMs: true, periodMs: true, during: true })
    .extend({ kind: z.literal("silence"), phase: z.enum(["started", "ended"]) }),
  /** A step that was computed several times had different results. */
  verifiedStep.extend({
    kind: z.literal("step-differs"),
    rank: rankNumber,
    outcome: z.enum(["transient", "persistent"]),
  }),
  z.strictObject({ kind: z.literal("ended"), outcome: z.string() }),
  /** An attempt failed, and the job is started again: the `launched` events of the next attempt follow. */
  z.strictObject({
    kind: z.literal("restarting"),
    /** Of the next attempt, from 2. */
    attempt: z.number().int().positive(),
    fault: attemptFault,
    decision: recoveryDecision,
  }),
  /** An attempt failed, and the job is not started again. */
  z.strictObject({ kind: z.literal("gave-up"), fault: attemptFault, decision: recoveryDecision }),
  /** The closing event: result.json as it was written, after everything else. */
  z.strictObject({
    kind: z.literal("sealed"),
    result: z.strictObject({ bytes: z.number(), sha256: z.string().length(64) }),
  }),
]);

/** A line of events.jsonl: the event, its position in the chain, and the hash of the previous line. */
export const lifecycleEvent = z.object({
  index: z.number().int().nonnegative(),
  timeMs: z.number(),
  /** SHA-256 of the previous line, without its newline; 64 zeros for the first. */
  previousSha256: z.string().length(64),
  event: eventBody,
});
export type LifecycleEventBody = z.output<typeof eventBody>;
export type LifecycleEvent = z.output<typeof lifecycleEvent>;
