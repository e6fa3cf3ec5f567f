import type { LaunchTarget } from "../schema/run/hosts/launch-target.ts";
import type { LaunchedRun, ReachedJob } from "./agent/reached-job.ts";
import type { Launcher } from "./launcher.ts";

/** What launchers get from Pitwall. */
export interface LaunchMeans {
  /** Milliseconds since the epoch. */
  nowMs: () => number;
  /** The path of `agent/pitwall_agent.py`. */
  agentFile: string;
  /** The environment of Pitwall, for programs such as ssh. */
  env: Readonly<Record<string, string | undefined>>;
}

/** How jobs of one kind of launch target are started, and how a job is ended after its Pitwall process has died. */
export interface LaunchTargetRow<Target extends LaunchTarget> {
  launcher(target: Target, means: LaunchMeans): Launcher;
  /** Ends the processes of a run whose Pitwall process has died; only the run's record is known. */
  endAbandoned(
    target: Target,
    run: { runDirectory: string },
    means: LaunchMeans,
  ): Promise<{ endedCount: number; unreachable?: ReachedJob["unreachable"] }>;
  /** Reaches the hosts of a job, for commands that run there beside its ranks; absent if that is impossible. */
  reach?(target: Target, run: LaunchedRun, means: LaunchMeans): Promise<ReachedJob>;
}
