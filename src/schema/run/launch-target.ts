import { z } from "zod";

/** Where and how a job is started; one variant for each row of `launch/launch-targets.ts`. */
export const launchTarget = z.discriminatedUnion("kind", [
  /** One process on the host that Pitwall runs on. */
  z.strictObject({ kind: z.literal("local") }),
]);
export type LaunchTarget = z.output<typeof launchTarget>;

export type LaunchTargetKind = LaunchTarget["kind"];
/** The variants of some kinds; written as a mapped type so that tables by kind can be indexed with it. */
export type LaunchTargetOf<Kind extends LaunchTargetKind> = {
  [Each in Kind]: Extract<LaunchTarget, { kind: Each }>;
}[Kind];
