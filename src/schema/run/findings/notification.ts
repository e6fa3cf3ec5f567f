import { z } from "zod";
import { silence } from "./silence.ts";

/** What `--notify` posts, as JSON. */
export const notification = z.strictObject({
  schemaVersion: z.literal(1),
  /** `silent`: no output for longer than expected; `resumed`: output again; `not-a-number`: the run is stopped because of NaN. */
  event: z.enum(["target-reached", "died", "silent", "resumed", "not-a-number"]),
  /** One sentence. Chat services show this field. */
  text: z.string(),
  runId: z.string(),
  name: z.string(),
  timeMs: z.number(),
  /** Of the target's metric, when it was reached. */
  value: z.number().optional(),
  silence: silence.optional(),
  /** How a run that died ended. */
  exitCode: z.number().int().optional(),
  signal: z.string().optional(),
});
export type Notification = z.output<typeof notification>;
