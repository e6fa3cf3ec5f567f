import { z } from "zod";
import { hostName } from "../run/hosts/host.ts";
import { rankNumber } from "../run/hosts/rank.ts";

/** A call in the stack of a rank. */
export const stackFrame = z.strictObject({
  function: z.string(),
  file: z.string(),
  line: z.number().int().nonnegative(),
});
export type StackFrame = z.output<typeof stackFrame>;

/** What a cause rests on; each names the place where a person can look it up. */
export const evidence = z.discriminatedUnion("kind", [
  /** A printed line; `line` counts from 1 in `file`. */
  z.strictObject({
    kind: z.literal("line"),
    file: z.string(),
    line: z.number().int().positive(),
    rank: rankNumber.optional(),
    text: z.string(),
  }),
  /** An event of events.jsonl. */
  z.strictObject({
    kind: z.literal("event"),
    index: z.number().int().nonnegative(),
    timeMs: z.number(),
    text: z.string(),
  }),
  /** A finding of result.json. */
  z.strictObject({ kind: z.literal("finding"), rule: z.string(), text: z.string() }),
  /** What the hosts saw of the network between them. */
  z.strictObject({ kind: z.literal("link"), hosts: z.array(hostName), text: z.string() }),
  /** Step samples of a rank. */
  z.strictObject({
    kind: z.literal("samples"),
    rank: rankNumber,
    firstStep: z.number().int().nonnegative(),
    lastStep: z.number().int().nonnegative(),
    text: z.string(),
  }),
  /** A dump of PyTorch's Flight Recorder. */
  z.strictObject({
    kind: z.literal("dump"),
    file: z.string(),
    rank: rankNumber,
    /** `record_id` of the entry. */
    entry: z.number().int().nonnegative().optional(),
    text: z.string(),
  }),
  /** An answer of NCCL's RAS. */
  z.strictObject({ kind: z.literal("ras"), file: z.string(), rank: rankNumber, text: z.string() }),
  /** The stack of a rank, innermost call first. */
  z.strictObject({
    kind: z.literal("stack"),
    file: z.string(),
    rank: rankNumber,
    frames: z.array(stackFrame),
  }),
]);
export type Evidence = z.output<typeof evidence>;
