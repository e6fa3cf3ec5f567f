import type { PlacedAgentSample } from "../schema/run/events/agent-sample.ts";
import type { DataRequest, StagedData } from "../schema/run/request/data-set.ts";
import type { Finding } from "../schema/run/findings/finding.ts";
import type { HostFacts } from "../schema/run/hosts/host-facts.ts";
import type { Scheduler } from "../schema/run/hosts/launch-target.ts";
import type { MeasuredClock } from "../schema/run/measured/measured-clock.ts";
import type { LaunchedRank, Place } from "../schema/run/hosts/rank.ts";

/** Starts jobs, emits the output of their ranks, and leaves no process running after them. */
export interface Launcher {
  /**
   * Starts a job. An invalid request is an outcome, not an error.
   *
   * @throws the reason of `interrupt` if that came before a process of the job was started
   */
  launch(command: readonly string[], options: LaunchOptions): Promise<LaunchOutcome>;
  /** Follows a job that an earlier process launched, from its first output on; absent if jobs end with Pitwall. */
  attach?(job: LaunchedBefore): Promise<AttachOutcome>;
  /** Puts data on the hosts of the jobs, before a launch; absent if `launch` does it, once the hosts are known. */
  stage?(
    data: readonly DataRequest[],
    options: StageOptions,
  ): AsyncGenerator<StagingEvent, readonly StagedData[]>;
  /** What the hosts of the jobs are; absent if jobs run on the launching host. */
  describeHosts?(): Promise<readonly { host: string; facts: HostFacts }[]>;
  /** Ends what is left on the hosts of jobs that ended without them; absent if nothing can be left. */
  reap?(isOver: (runId: string) => Promise<boolean>): Promise<readonly ReapedJob[]>;
  /** What would be handed to a scheduler to start a job; absent if there is none. */
  preview?(command: readonly string[], options: LaunchOptions): Promise<string>;
  /** Closes connections; jobs that are running on other hosts continue. */
  close?(): Promise<void>;
}

/** A job of which processes were left on a host. */
export interface ReapedJob {
  host: string;
  runId: string;
  /** The number of processes that ran there. */
  processCount: number;
}

export interface StageOptions {
  /** For checksums and for data that is not from this machine, absolute. */
  cacheFolder: string;
  env: Readonly<Record<string, string | undefined>>;
  signal: AbortSignal;
}

export interface StagingProgress {
  step: "fetch" | "checksum" | "send" | "check" | "wait";
  doneBytes: number;
  totalBytes?: number;
}

export type StagingEvent =
  /** Progress of one step, on this machine or on a host. */
  | ({ kind: "staging"; name: string; host?: string } & StagingProgress)
  | { kind: "staged"; data: StagedData };

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
  /** The number of GPUs that the program uses on each host, for one rank per GPU. */
  gpusPerHost?: number;
  /** The variables that were set for the program; on other hosts they are added to the host's own environment. */
  programEnv?: Readonly<Record<string, string>>;
  /** The variables of the program that differ between hosts, by host. */
  hostEnv?: ReadonlyMap<string, Readonly<Record<string, string>>>;
  /** A `tick` is emitted after this many milliseconds without another event; 0, the default, for never. */
  tickMs?: number;
  /**
   * How long processes may outlive the ranks of their host before they are stopped, milliseconds.
   * Default: 1000, which is enough for data-loading workers to notice that their parent has ended.
   */
  lingerMs?: number;
  /** Withdraws a job that still waits in a queue, or for its data. */
  interrupt?: AbortSignal;
  /** Of a run that is restarted after failures, from 1; absent: a failure ends the run. */
  attempt?: number;
  /** Put on the hosts before the ranks start, by launchers without `stage`. */
  data?: { requests: readonly DataRequest[]; cacheFolder: string };
}

/** A job that an earlier process of Pitwall launched. */
export interface LaunchedBefore {
  /** The run's record directory, absolute. */
  runDirectory: string;
  /** As they were launched. */
  ranks: readonly LaunchedRank[];
  launchedMs: number;
  /** As for `LaunchOptions`. */
  tickMs?: number;
}

export type AttachOutcome =
  /** `hasEnded`: no process of it is left, and only its output remains to be read. */
  | {
      kind: "attached";
      job: LaunchedJob;
      hasEnded: boolean;
      processCount: number;
      /** Hosts that do not answer now; they are lost if they stay silent. Default: none. */
      missing?: readonly string[];
    }
  /** Hosts that know nothing of the job: it was not started there, or its output was removed. */
  | { kind: "unknown-job"; hosts: readonly string[] };

export type LaunchOutcome =
  | { kind: "launched"; job: LaunchedJob }
  | { kind: "queued"; queued: QueuedJob }
  | { kind: "program-not-found"; program: string; searched: readonly string[] }
  | { kind: "not-executable"; path: string; reason: string }
  | { kind: "cwd-missing"; cwd: string; reason: "absent" | "not-a-directory" | "not-allowed" }
  /** The operating system refused: too many processes, no memory, arguments too long. */
  | { kind: "start-failed"; reason: string };

/** A job that a scheduler has accepted and not yet started. */
export interface QueuedJob {
  scheduler: Scheduler;
  /** The scheduler's name for it. */
  jobId: string;
  submittedMs: number;
  /** Whether it has its hosts already, from the attempt before: it does not wait in a queue. */
  isHeld?: boolean;
  /**
   * Emits why the job waits, again and again, then what is put on its hosts, and returns how the wait ended. It must be read to its
   * end.
   */
  waiting: AsyncGenerator<QueueState | PreparingEvent, QueueEnd>;
}

/** The scheduler has started the job, and its hosts are prepared before the ranks start. */
export type PreparingEvent = { kind: "preparing"; timeMs: number } | StagingEvent;

export interface QueueState {
  kind: "waiting";
  timeMs: number;
  /** In the words of the scheduler; undefined if it gives none. */
  reason: string | undefined;
}

export type QueueEnd =
  | { kind: "launched"; job: LaunchedJob }
  /** The job was taken from the queue, or ended while its hosts were prepared, because of `interrupt`. */
  | { kind: "withdrawn"; timeMs: number };

export type OutputStream = "stdout" | "stderr";

/** How the main process of a rank ended. */
export type Exit =
  | { kind: "exited"; exitCode: number }
  | { kind: "signalled"; signal: NodeJS.Signals };

/**
 * The events of a job, in order. Times are by the clock of the launching machine, milliseconds since the epoch. Those of one host never
 * decrease; after a broken connection, output of one host may be older than what others printed before.
 */
export type LaunchEvent =
  /** Bytes as they arrived; a chunk may end anywhere. The receiver owns them. */
  | ({ kind: "output"; timeMs: number; stream: OutputStream; bytes: Uint8Array } & Place & HostTime)
  /** There was no event for a while; lets the receiver check the clock. */
  | { kind: "tick"; timeMs: number }
  /** The main process of a rank has ended. Its last output may still follow. */
  | ({ kind: "rank-exited"; timeMs: number; exit: Exit } & Place & HostTime)
  /** The clock of a host was compared with that of this machine: times of what follows are converted with it. */
  | ({ kind: "clock-measured"; timeMs: number; host: string } & MeasuredClock)
  /** The launcher can no longer reach a host: the state of its ranks is unknown. A preempted one still runs them for a moment. */
  | { kind: "host-lost"; timeMs: number; host: string; reason: string; isPreempted?: true }
  /** All output that was stored before Pitwall attached to the job has been emitted; only for an attached job. */
  | { kind: "caught-up"; timeMs: number }
  /** The scheduler has ended the job itself, because of a time limit for example. */
  | ({ kind: "ended-by-scheduler"; timeMs: number } & SchedulerEnd)
  /** The last event: no process is left on any reachable host and all output has been emitted. */
  | { kind: "ended"; timeMs: number; leftovers: Leftovers };

/** A time as the host's own clock stated it; absent on the launching machine. */
export interface HostTime {
  hostMs?: number;
}

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
  /** Hosts that it has and does not use, which can replace others in the next attempt; absent if there are none. */
  readonly spareHosts?: readonly string[];
  /** Just before the first process was created, milliseconds since the epoch. */
  readonly launchedMs: number;
  /** Whether a watchdog ends the job if Pitwall is killed. */
  readonly guard:
    | { kind: "watched" }
    | { kind: "unwatched"; reason: string }
    /** The job runs on other hosts and continues without Pitwall. */
    | { kind: "outlives" };
  /**
   * For a single reader. A slow reader slows the job down; memory use stays constant. If the reader
   * stops early, the job continues and its output is dropped.
   */
  readonly events: AsyncIterable<LaunchEvent>;
  /** What the agents of the hosts observe, for one reader; absent if the job runs without agents. */
  readonly hostSamples?: AsyncIterable<PlacedAgentSample>;
  /** Ids of all processes of the job that are now running on a host. */
  processIds(host: string): number[];
  /** What was doubtful about its hosts before the launch. */
  readonly findings?: readonly Finding[];
  /** Ends the events without ending the job; absent if the job ends with Pitwall. */
  detach?(): void;
  /**
   * What its agents have stored is no longer needed, because the record of the run is closed or the next attempt starts (`isRestarted`):
   * removes it. Absent if nothing is stored.
   */
  release?(next?: { isRestarted: boolean }): Promise<void>;
  /** Asks programs that handle SIGUSR1 to store a checkpoint and continue. Absent if the launch target cannot pass the signal on. */
  askForCheckpoint?(): void;
  /**
   * Ends all processes of the job: SIGTERM, and SIGKILL after `graceMs`. Resolves when they have
   * ended. Another call can only shorten the grace period.
   */
  stop(options: { graceMs: number }): Promise<void>;
}
