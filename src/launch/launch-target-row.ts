import type { LaunchTarget } from "../schema/run/launch-target.ts";
import type { Launcher } from "./launcher.ts";

/** How jobs of one kind of launch target are started, and how a job is ended after its Pitwall process has died. */
export interface LaunchTargetRow<Target extends LaunchTarget> {
  /** @param clock milliseconds since the epoch */
  launcher(target: Target, clock: { nowMs: () => number }): Launcher;
  /** Ends the processes of a run whose Pitwall process has died; only the run's record is known. */
  endAbandoned(target: Target, run: { runDirectory: string }): Promise<{ endedCount: number }>;
}
