import { z } from "zod";
import { hostName } from "../run/hosts/host.ts";
import { rankNumber } from "../run/hosts/rank.ts";
import { evidence, stackFrame } from "./evidence.ts";

/** The place of a collective in the order of its process group. */
export const collectiveReference = z.strictObject({
  /** `all_reduce`; of point-to-point calls `send` or `recv`. */
  operation: z.string(),
  /** `collective_seq_id` of the Flight Recorder, or `p2p_seq_id`; from 1 in its group. */
  number: z.number().int().nonnegative(),
  group: z.string(),
  groupDescription: z.string().optional(),
  isPointToPoint: z.boolean(),
});
export type CollectiveReference = z.output<typeof collectiveReference>;

const causeFields = {
  /** The ranks to blame; empty if the cause does not belong to a rank. */
  ranks: z.array(rankNumber),
  /** Their hosts, where known. */
  hosts: z.array(hostName),
  /** How probable this cause is given what was seen, in 0..1: a judgment, not a frequency. */
  likelihood: z.number().min(0).max(1),
  evidence: z.array(evidence),
};

/** How a rank left the common order of collectives. */
export const divergences = [
  /** It went on to the next collective of the others. */
  "skipped",
  "other-operation",
  "other-size",
  "other-type",
  /** Ranks wait for each other in different groups. */
  "other-order",
  /** It left out the `send` or `recv` (`entered`) that another rank waits for, and went on to a collective. */
  "left-out",
  /** The transport saw it, and no dump shows the calls. */
  "unknown",
] as const;

const directWaiters = {
  /** Of the waiting ranks, those in the collective itself; the others wait for these. Absent if it is not known. */
  directlyWaitingRanks: z.number().int().nonnegative().optional(),
};

const cause = z.discriminatedUnion("kind", [
  z.strictObject({ kind: z.literal("crash"), ...causeFields, error: z.string().optional() }),
  /** Ended by a signal from outside, such as `kill -9`. */
  z.strictObject({ kind: z.literal("killed"), ...causeFields, signal: z.string() }),
  z.strictObject({
    kind: z.literal("out-of-memory"),
    ...causeFields,
    memory: z.enum(["host", "accelerator"]),
  }),
  z.strictObject({ kind: z.literal("host-lost"), ...causeFields, reason: z.string() }),
  z.strictObject({ kind: z.literal("disk-full"), ...causeFields }),
  z.strictObject({ kind: z.literal("bad-checkpoint"), ...causeFields, error: z.string() }),
  z.strictObject({ kind: z.literal("preemption"), ...causeFields }),
  z.strictObject({
    kind: z.literal("out-of-time"),
    ...causeFields,
    /** `command`: the program was started by `timeout`. */
    limit: z.enum(["scheduler", "max-time", "max-cost", "max-samples", "command"]),
  }),
  z.strictObject({ kind: z.literal("launcher-killed"), ...causeFields }),
  z.strictObject({ kind: z.literal("accelerator-error"), ...causeFields, error: z.string() }),
  z.strictObject({ kind: z.literal("not-a-number"), ...causeFields }),
  z.strictObject({
    kind: z.literal("loss-spike"),
    ...causeFields,
    /** Absent if it is only known from a line that names none. */
    step: z.number().int().nonnegative().optional(),
    loss: z.number(),
    /** The median of the losses before it. */
    usualLoss: z.number(),
  }),
  z.strictObject({
    kind: z.literal("compute-straggler"),
    ...causeFields,
    /** How much longer each step takes because of it, milliseconds; absent if steps are not measured. */
    lostMsPerStep: z.number().optional(),
    stepMs: z.number().optional(),
    /** The part of the time in which the others wait for it, without measured steps. */
    lostFraction: z.number().optional(),
  }),
  z.strictObject({
    kind: z.literal("data-starvation"),
    ...causeFields,
    lostMsPerStep: z.number().optional(),
    stepMs: z.number().optional(),
    lostFraction: z.number().optional(),
  }),
  /** A device lowers its clocks because it is too hot. */
  z.strictObject({ kind: z.literal("thermal-throttle"), ...causeFields }),
  /** The main thread waits for a lock that another thread of its process holds; Python's own lock is one. */
  z.strictObject({
    kind: z.literal("lock"),
    ...causeFields,
    /** Where the main thread waits, and what the thread does that runs meanwhile. */
    place: stackFrame.optional(),
    holder: stackFrame.optional(),
  }),
  /** TCP between hosts loses segments, or takes longer to one host than to the others. */
  z.strictObject({
    kind: z.literal("slow-link"),
    ...causeFields,
    /** Of the segments with data, in 0..1. */
    resentFraction: z.number().optional(),
    roundTripMs: z.number().optional(),
    /** Between the other hosts. */
    usualRoundTripMs: z.number().optional(),
  }),
  /** Replicas of the parameters that were equal no longer are. */
  z.strictObject({
    kind: z.literal("replica-divergence"),
    ...causeFields,
    /** After which they were first seen to differ, and last seen to be equal; absent if a line reports it without them. */
    step: z.number().int().nonnegative().optional(),
    lastEqualStep: z.number().int().nonnegative().optional(),
  }),
  /** A step that was computed several times from the same state gave different results. */
  z.strictObject({
    kind: z.literal("silent-corruption"),
    ...causeFields,
    /** `transient`: once; `persistent`: each time. */
    how: z.enum(["transient", "persistent"]),
    step: z.number().int().nonnegative(),
    /** How many earlier steps gave equal results on these ranks. */
    equalSteps: z.number().int().nonnegative(),
  }),
  z.strictObject({ kind: z.literal("configuration"), ...causeFields, detail: z.string() }),
  z.strictObject({ kind: z.literal("clock-step"), ...causeFields, steppedMs: z.number() }),
  z.strictObject({
    kind: z.literal("collective-mismatch"),
    ...causeFields,
    how: z.enum(divergences),
    /** Absent without dumps. */
    collective: collectiveReference.optional(),
    /** The operation of the blamed ranks at that number, or the one that they left out. */
    entered: z.string().optional(),
    waitingRanks: z.number().int().nonnegative(),
    ...directWaiters,
  }),
  /** Never entered a collective that others wait in, and waits in none itself. */
  z.strictObject({
    kind: z.literal("hang"),
    ...causeFields,
    /** Absent without dumps. */
    collective: collectiveReference.optional(),
    waitingRanks: z.number().int().nonnegative(),
    ...directWaiters,
    /** The call of the program's own code that the rank is in, or its last one that the dump shows. */
    place: stackFrame.optional(),
    /** Whether `place` is where the rank is now, by its stack, or where its last collective was started. */
    placeIsNow: z.boolean(),
  }),
  /** Every rank entered a collective, and it ended on none: the network, or a GPU. */
  z.strictObject({
    kind: z.literal("stalled-collective"),
    ...causeFields,
    collective: collectiveReference,
  }),
  /** Connections broke, and no rank shows a reason of its own. */
  z.strictObject({ kind: z.literal("connection-lost"), ...causeFields, error: z.string() }),
]);
export type Cause = z.output<typeof cause>;
export type CauseKind = Cause["kind"];

/** How much of what was looked at, whether or not it shows anything. */
const lookedAt = z.strictObject({
  what: z.enum([
    "log-lines",
    "events",
    "findings",
    "step-samples",
    "verified-steps",
    "flight-recorder-dumps",
    "ras-answers",
    "stacks",
    "error-files",
  ]),
  count: z.number().int().nonnegative(),
});
export type LookedAt = z.output<typeof lookedAt>;

/** The answer of `pitwall doctor`. */
export const diagnosis = z.strictObject({
  verdict: z.discriminatedUnion("kind", [
    /** Several causes are independent of each other, the earliest or most severe first. */
    z.strictObject({ kind: z.literal("fault"), causes: z.array(cause).min(1) }),
    /** Something is wrong, but what was seen does not name one cause. */
    z.strictObject({ kind: z.literal("not-sure"), reason: z.string() }),
    z.strictObject({ kind: z.literal("no-fault") }),
  ]),
  /** What else would explain what was seen; likelihoods add up to at most 1 with that of the first cause. */
  alternatives: z.array(cause),
  lookedAt: z.array(lookedAt),
  /** Whether the program gives equal results when a step is computed again; absent if no step shows it. */
  isDeterministic: z.boolean().optional(),
  /** Files that could not be read, and why. */
  unread: z.array(z.strictObject({ file: z.string(), reason: z.string() })),
});
export type Diagnosis = z.output<typeof diagnosis>;
