import type { LaunchTarget } from "../schema/run/launch-target.ts";
import type { Launcher } from "./launcher.ts";

/** How jobs of one kind of launch target are started, and how one that has lost its Pitwall is ended. */
export interface LaunchTargetRow<Target extends LaunchTarget> {
  /** @param clock milliseconds since the epoch */
  launcher(target: Target, clock: { nowMs: () => number }): Launcher;
  /** Ends the processes of a run whose Pitwall process is gone, known only by its record. */
  endAbandoned(target: Target, run: { runDirectory: string }): Promise<{ endedCount: number }>;
}
