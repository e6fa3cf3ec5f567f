import { z } from "zod";
import { placeFields } from "../hosts/rank.ts";

/** Who wrote a line of a run's log. */
export const logSource = z.discriminatedUnion("by", [
  z.strictObject({
    by: z.literal("rank"),
    ...placeFields,
    stream: z.enum(["stdout", "stderr"]),
  }),
  z.strictObject({ by: z.literal("pitwall") }),
]);
export type LogSource = z.output<typeof logSource>;

/** A line of log-ranks.jsonl: from this byte of log.txt to that of the next entry, the source is the same. */
export const logSpan = z.strictObject({
  fromByte: z.number().int().nonnegative(),
  source: logSource,
});
export type LogSpan = z.output<typeof logSpan>;
