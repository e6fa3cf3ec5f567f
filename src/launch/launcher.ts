import type { Scheduler } from "../schema/run/launch-target.ts";
import type { LaunchedRank, Place } from "../schema/run/rank.ts";

/** Starts jobs, emits the output of their ranks, and leaves no process running after them. */
export interface Launcher {
  /** Starts a job. An invalid request is an outcome, not an error. */
  launch(command: readonly string[], options: LaunchOptions): Promise<LaunchOutcome>;
}

export interface LaunchOptions {
  /** The working directory of the job. */
  cwd: string;
  /** The environment before Pitwall's own variables are added; see `rankEnvironment`. */
  env: Readonly<Record<string, string | undefined>>;
  /** An open file that the program reads on its standard input; nothing by default. The caller closes it. */
  stdinFd?: number | undefined;
  /** The run's record directory, absolute; also the mark that identifies the run's processes. */
  runDirectory: string;
  seed: number;
  /** A `tick` is emitted after this many milliseconds without another event; 0, the default, for never. */
  tickMs?: number;
  /**
   * How long processes may outlive the ranks of their host before they are stopped, milliseconds.
   * Default: 1000, which is enough for data-loading workers to notice that their parent has ended.
   */
  lingerMs?: number;
}

export type LaunchOutcome =
  | { kind: "launched"; job: LaunchedJob }
  | { kind: "program-not-found"; program: string; searched: readonly string[] }
  | { kind: "not-executable"; path: string; reason: string }
  | { kind: "cwd-missing"; cwd: string; reason: "absent" | "not-a-directory" | "not-allowed" }
  /** The operating system refused: too many processes, no memory, arguments too long. */
  | { kind: "start-failed"; reason: string };

export type OutputStream = "stdout" | "stderr";

/** How the main process of a rank ended. */
export type Exit =
  | { kind: "exited"; exitCode: number }
  | { kind: "signalled"; signal: NodeJS.Signals };

/** The events of a job, in order. Times are from the launcher's clock, milliseconds since the epoch. */
export type LaunchEvent =
  /** Bytes as they arrived; a chunk may end anywhere. The receiver owns them. */
  | ({ kind: "output"; timeMs: number; stream: OutputStream; bytes: Uint8Array } & Place)
  /** There was no event for a while; lets the receiver check the clock. */
  | { kind: "tick"; timeMs: number }
  /** The main process of a rank has ended. Its last output may still follow. */
  | ({ kind: "rank-exited"; timeMs: number; exit: Exit } & Place)
  /** The launcher can no longer reach a host: the state of its ranks is unknown. */
  | { kind: "host-lost"; timeMs: number; host: string; reason: string }
  /** The last event: no process is left on any reachable host and all output has been emitted. */
  | { kind: "ended"; timeMs: number; leftovers: Leftovers };

export interface SchedulerEnd {
  scheduler: Scheduler;
  /** In the words of the scheduler: `TIMEOUT`. */
  state: string;
  reason: string;
}

/** Processes that were still running some time after the ranks had exited on their own. */
export interface Leftovers {
  /** The number of processes that had to be stopped. */
  stoppedCount: number;
  /** Processes that SIGKILL did not end: they wait in the kernel, or belong to another user. */
  unkillablePids: readonly number[];
}

/** Ranks of one program, running together on one or more hosts. */
export interface LaunchedJob {
  /** At least one. */
  readonly hosts: readonly string[];
  /** At least one, in order, numbered from 0. */
  readonly ranks: readonly LaunchedRank[];
  /** Just before the first process was created, milliseconds since the epoch. */
  readonly launchedMs: number;
  /** Whether a watchdog ends the job if Pitwall is killed. */
  readonly guard: { kind: "watched" } | { kind: "unwatched"; reason: string };
  /**
   * For a single reader. A slow reader slows the job down; memory use stays constant. If the reader
   * stops early, the job continues and its output is dropped.
   */
  readonly events: AsyncIterable<LaunchEvent>;
  /** Ids of all processes of the job that are now running on a host. */
  processIds(host: string): number[];
  /**
   * Ends all processes of the job: SIGTERM, and SIGKILL after `graceMs`. Resolves when they have
   * ended. Another call can only shorten the grace period.
   */
  stop(options: { graceMs: number }): Promise<void>;
}
