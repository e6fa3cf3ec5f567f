import { z } from "zod";

/** What a program was doing, by the last line that it printed. */
export const runPhases = ["start", "step", "evaluation", "checkpoint"] as const;
export type RunPhase = (typeof runPhases)[number];

/** No output for longer than expected. */
export const silence = z.strictObject({
  silentMs: z.number(),
  /** Silence up to this was expected. */
  limitMs: z.number(),
  /** The usual time between lines of steps; absent until it is known. */
  periodMs: z.number().optional(),
  /** The processes of the run used almost no CPU time meanwhile. */
  idle: z.literal(true).optional(),
  during: z.enum(runPhases),
});
export type Silence = z.output<typeof silence>;

/** The start of an unexpected silence, or the end of one that was reported. */
export type SilenceChange = ({ phase: "started" } & Silence) | { phase: "ended"; silentMs: number };
