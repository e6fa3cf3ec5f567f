import type { LaunchedRank, Place } from "../schema/run/rank.ts";

/** Starts jobs, hands on what their ranks print, and leaves no process running after them. */
export interface Launcher {
  /** Starts a job. Everything that can be wrong with the request is an outcome, not an error. */
  launch(command: readonly string[], options: LaunchOptions): Promise<LaunchOutcome>;
}

export interface LaunchOptions {
  /** Where relative paths of the command begin. */
  cwd: string;
  /** The environment before Pitwall's own variables are added; see `rankEnvironment`. */
  env: Readonly<Record<string, string | undefined>>;
  /** The run's record directory, absolute; also the mark by which the run's processes are known. */
  runDirectory: string;
  seed: number;
  /** A `tick` comes when nothing else has for this long, milliseconds; 0, the default, for never. */
  tickMs?: number;
  /**
   * How long processes that outlive the ranks of their host are left alone, milliseconds. 1000 by
   * default: data-loading workers notice the death of their parent within it.
   */
  lingerMs?: number;
}

export type LaunchOutcome =
  | { kind: "launched"; job: LaunchedJob }
  | { kind: "program-not-found"; program: string; searched: readonly string[] }
  | { kind: "not-executable"; path: string; reason: string }
  | { kind: "cwd-missing"; cwd: string; reason: "absent" | "not-a-directory" | "not-allowed" }
  /** The system refused: too many processes, no memory, arguments too long. */
  | { kind: "start-failed"; reason: string };

export type OutputStream = "stdout" | "stderr";

/** How the main process of a rank ended. */
export type Exit =
  | { kind: "exited"; exitCode: number }
  | { kind: "signalled"; signal: NodeJS.Signals };

/** The events of a job, in order. Times are the launcher's clock, milliseconds since the epoch. */
export type LaunchEvent =
  /** Bytes as they came; a chunk ends anywhere. The receiver owns them. */
  | ({ kind: "output"; timeMs: number; stream: OutputStream; bytes: Uint8Array } & Place)
  /** Nothing has come for a while; lets the receiver look at the clock. */
  | { kind: "tick"; timeMs: number }
  /** The main process of a rank has ended. Its last output may still follow. */
  | ({ kind: "rank-exited"; timeMs: number; exit: Exit } & Place)
  /** The launcher can no longer reach a host: nothing more is known of its ranks. */
  | { kind: "host-lost"; timeMs: number; host: string; reason: string }
  /** The last event: no process is left on any reachable host and all output has been handed on. */
  | { kind: "ended"; timeMs: number; leftovers: Leftovers };

/** Processes that were still running some time after the ranks had ended by themselves. */
export interface Leftovers {
  /** How many had to be stopped. */
  stoppedCount: number;
  /** Those that could not even be killed: they wait in the kernel, or belong to another user. */
  unkillablePids: readonly number[];
}

/** Ranks of one program, running together on one or more hosts. */
export interface LaunchedJob {
  /** At least one. */
  readonly hosts: readonly string[];
  /** At least one, in order, numbered from 0. */
  readonly ranks: readonly LaunchedRank[];
  /** Just before the first process was made, milliseconds since the epoch. */
  readonly launchedMs: number;
  /** Whether a watchdog ends the job should Pitwall be killed. */
  readonly guard: { kind: "watched" } | { kind: "unwatched"; reason: string };
  /**
   * To be read by one reader, to the end. A slow reader slows the job down; memory stays flat.
   * When the reader leaves early, the job runs on and its output is dropped.
   */
  readonly events: AsyncIterable<LaunchEvent>;
  /** Ids of all processes of the job that are running on a host now. */
  processIds(host: string): number[];
  /**
   * Ends all processes of the job: SIGTERM, and after `graceMs` SIGKILL. Resolves when they
   * are gone. A further call can only shorten the grace.
   */
  stop(options: { graceMs: number }): Promise<void>;
}
