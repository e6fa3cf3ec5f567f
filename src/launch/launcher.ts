/** Starts programs, hands on what they print, and leaves nothing running behind. */
export interface Launcher {
  /** Starts a program. Everything that can be wrong with the request is an outcome, not an error. */
  launch(command: readonly string[], options: LaunchOptions): Promise<LaunchOutcome>;
}

export interface LaunchOptions {
  /** Where relative paths of the command begin. */
  cwd: string;
  /** The environment before Pitwall's own variables are added; see `programEnvironment`. */
  env: Readonly<Record<string, string | undefined>>;
  /** The run's record directory, absolute; also the mark by which the run's processes are known. */
  runDirectory: string;
  seed: number;
  /** A `tick` comes when nothing else has for this long, milliseconds; 0, the default, for never. */
  tickMs?: number;
  /**
   * How long processes that outlive the main one are left alone, milliseconds. 1000 by default:
   * data-loading workers notice the death of their parent within it.
   */
  lingerMs?: number;
}

export type LaunchOutcome =
  | { kind: "launched"; program: LaunchedProgram }
  | { kind: "program-not-found"; program: string; searched: readonly string[] }
  | { kind: "not-executable"; path: string; reason: string }
  | { kind: "cwd-missing"; cwd: string; reason: "absent" | "not-a-directory" | "not-allowed" }
  /** The system refused: too many processes, no memory, arguments too long. */
  | { kind: "start-failed"; reason: string };

export type OutputStream = "stdout" | "stderr";

/** How the main process ended. */
export type Exit =
  | { kind: "exited"; exitCode: number }
  | { kind: "signalled"; signal: NodeJS.Signals };

/** What a running program does, in order. Times are the launcher's clock, milliseconds since the epoch. */
export type LaunchEvent =
  /** Bytes as they came; a chunk ends anywhere. They are the receiver's to keep. */
  | { kind: "output"; timeMs: number; stream: OutputStream; bytes: Uint8Array }
  /** Nothing has come for a while; lets the receiver look at the clock. */
  | { kind: "tick"; timeMs: number }
  /** The main process has ended. Its last output may still follow. */
  | { kind: "exited"; timeMs: number; exit: Exit }
  /** The last event: no process is left and all output has been handed on. */
  | { kind: "ended"; timeMs: number; exit: Exit; leftovers: Leftovers };

/** Processes that were still there some time after the main process had ended by itself. */
export interface Leftovers {
  /** How many had to be stopped. */
  stoppedCount: number;
  /** How many could not even be killed (waiting in the kernel for a device that is gone). */
  unkillableCount: number;
}

export interface LaunchedProgram {
  /** Process id of the main process, which is also the id of its process group. */
  readonly pid: number;
  /** Just before the process was made, milliseconds since the epoch. */
  readonly launchedMs: number;
  /** Whether a watchdog ends the program should Pitwall be killed. */
  readonly guard: { kind: "watched" } | { kind: "unwatched"; reason: string };
  /**
   * To be read by one reader, to the end. A slow reader slows the program down; memory stays flat.
   * A reader that leaves early lets the program run on unheard.
   */
  readonly events: AsyncIterable<LaunchEvent>;
  /** Ids of all processes of the program that live now. */
  processIds(): number[];
  /**
   * Ends all processes of the program: SIGTERM, and after `graceMs` SIGKILL. Resolves when they
   * are gone. A further call can only shorten the grace.
   */
  stop(options: { graceMs: number }): Promise<void>;
}
