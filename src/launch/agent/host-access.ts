import type { ClockAnswer } from "./host-clock.ts";

/** How the commands of a job reach one of its hosts. */
export interface HostAccess {
  /** The name of the host in the record. */
  readonly host: string;
  /** The command of this machine that runs a command on the host, its words unchanged, with its standard streams. */
  wrap(command: readonly string[]): readonly string[];
  /** Environment of that command; that of Pitwall if absent. */
  readonly env?: Readonly<Record<string, string | undefined>>;
}

/** The agent of one job on one host. */
export interface AgentPlace {
  access: HostAccess;
  /** The words that start the agent's file there: Python, its options, and the file. */
  agent: readonly string[];
  /** The job's folder on the host. */
  folder: string;
  /** How the clock of the host is asked, if the frames are followed without the host, in files that it shares. */
  followClock?: (follower: FollowedClock) => { askNow: () => void };
  /** The file of this machine that keeps the frames that have arrived, for a process that attaches later; absent if it can read them itself. */
  spool?: string;
  /** Whether the job's folder is on a file system of this machine. */
  isReadHere?: boolean;
  /** Why the host is lost, known before it is followed. */
  lostBecause?: string;
}

/** Receives what a host says about its time, again and again. */
export interface FollowedClock {
  answered(answer: ClockAnswer): void;
  /** It did not answer, and is asked again later or never. */
  unknown(): void;
}
