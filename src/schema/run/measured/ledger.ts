import { z } from "zod";

/**
 * Where the time of a run went, from its first launch to the end of its last process. The names are those of ml-goodput-measurement and
 * ByteRobust, so that figures compare.
 */
export const ledgerParts = [
  /** Training that counts. */
  "productive",
  "evaluation",
  /** Blocking the training. */
  "checkpoint",
  /** Of the first attempt, before its training. */
  "initialization",
  /** Training after the last checkpoint of an attempt that failed, which is repeated. */
  "redone",
  /** From the last sign of progress until the failure was seen. */
  "detection",
  /** Ending what was left of a failed attempt, deciding, and initializing the next. */
  "restart",
  /** For hosts, before an attempt was launched. */
  "waiting",
  /** In the queue of the scheduler, after a failure: neither productive nor billed. */
  "queue",
  /** After the target, or after the failure of the last attempt. */
  "shutdown",
  /** Training that cannot be divided, because neither steps nor samples are known. */
  "unknown",
] as const;
export type LedgerPart = (typeof ledgerParts)[number];

const milliseconds = z.number().nonnegative();

export const ledger = z.strictObject({
  wallMs: milliseconds,
  /** Add up to `wallMs`. */
  partsMs: z.record(z.enum(ledgerParts), milliseconds),
  /** What shows how far the training came: samples of steps, or evaluations with a count of samples, which are rarer. */
  basis: z.enum(["steps", "evaluations", "none"]),
  /** The productive share of the wall time (ETTR), in 0..1; absent if `basis` is `none`. */
  goodput: z.number().min(0).max(1).optional(),
  attemptCount: z.number().int().positive(),
  failureCount: z.number().int().nonnegative(),
  /** Of redone steps, detection, restarts and waiting, but not of the queue; absent without a price. */
  failureUsd: z.number().nonnegative().optional(),
  /** Of spare nodes, which are part of the bill; absent without any, or without a price. */
  spareUsd: z.number().nonnegative().optional(),
  /** Present if there were failures, and checkpoints whose cost is known. */
  checkpointAdvice: z
    .strictObject({
      /** The interval that loses the least time, by Daly's formula. */
      intervalMs: milliseconds,
      intervalSteps: z.number().int().positive().optional(),
      /** What it is computed from: the mean time between failures, and the mean cost of a checkpoint. */
      meanBetweenFailuresMs: milliseconds,
      checkpointMs: milliseconds,
      checkpointCount: z.number().int().positive(),
    })
    .optional(),
});
export type Ledger = z.output<typeof ledger>;
