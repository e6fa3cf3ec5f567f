import { z } from "zod";
import { causeKinds } from "../../diagnosis/cause-kinds.ts";
import { hostName } from "../hosts/host.ts";
import { sshHost } from "../hosts/launch-target.ts";
import { rankNumber } from "../hosts/rank.ts";

/** What may be blamed for the end of an attempt; `unknown` where the diagnosis names no cause. */
export const faultKinds = [...causeKinds, "unknown"] as const;
export type FaultKind = (typeof faultKinds)[number];

/** How often, and with which hosts, the job of a run is started again after a failure. */
export const recoveryRequest = z.strictObject({
  maxRestarts: z.number().int().positive(),
  /** Restarts after each kind of fault; kinds that are not listed have only the common limit. */
  restartBudget: z.partialRecord(z.enum(faultKinds), z.number().int().nonnegative()).optional(),
  /** A job that prints nothing for this long hangs; absent: silence is never a failure. */
  hangTimeoutMs: z.number().positive().optional(),
  /** The job continues on fewer hosts, but not on fewer than these; absent: on all of them. */
  minNodes: z.number().int().positive().optional(),
  /** Hosts that replace others. */
  spares: z.array(sshHost).min(1).optional(),
});
export type RecoveryRequest = z.output<typeof recoveryRequest>;

/** Why an attempt failed. */
export const attemptFault = z.strictObject({
  kind: z.enum(faultKinds),
  /** The ranks to blame; empty if unknown. */
  ranks: z.array(rankNumber),
  hosts: z.array(hostName),
  /** In words, with the evidence that names the culprit. */
  text: z.string(),
  /** The last step of the training before the fault, by step samples; absent without any. */
  step: z.number().int().nonnegative().optional(),
  /** How many steps a sample covers: the fault may be that much later. */
  stepMargin: z.number().int().nonnegative().optional(),
});
export type AttemptFault = z.output<typeof attemptFault>;

export const giveUpReasons = [
  "no-restarts-left",
  /** The restarts of its kind of fault. */
  "budget-used",
  /** The same fault at the same step, twice: the program or its data. */
  "same-fault-again",
  /** A fault that a restart does not change. */
  "lasting-fault",
  /** The next attempt could not be started. */
  "start-failed",
  /** The job was canceled from outside, by `scancel` for example. */
  "canceled",
] as const;
export type GiveUpReason = (typeof giveUpReasons)[number];

/** What to do after an attempt failed. */
export const recoveryDecision = z.discriminatedUnion("kind", [
  /** Start the job again on the same hosts. */
  z.strictObject({ kind: z.literal("restart") }),
  /** Start the job again with other hosts in place of these. */
  z.strictObject({
    kind: z.literal("replace-host"),
    hosts: z.array(hostName),
    spares: z.array(hostName),
  }),
  /** Start the job again without these hosts. */
  z.strictObject({ kind: z.literal("drop-host"), hosts: z.array(hostName) }),
  z.strictObject({
    kind: z.literal("give-up"),
    reason: z.enum(giveUpReasons),
    /** Why the next attempt could not be started. */
    detail: z.string().optional(),
  }),
]);
export type RecoveryDecision = z.output<typeof recoveryDecision>;
