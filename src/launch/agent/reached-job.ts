import { z } from "zod";
import type { UserError } from "../../foundation/errors/user-error.ts";
import type { AgentPlace, HostAccess } from "./host-access.ts";
import { runOnHost } from "./run-on-host.ts";

/** The hosts of a job that was launched earlier. */
export interface ReachedJob {
  hosts: readonly ReachedHost[];
  unreachable: readonly { host: string; error: UserError }[];
  /** What the ranks of several hosts wrote into a folder that these share with this machine; absent if they share none. */
  sharedFiles?: { name: string; folder: string };
  /** Closes connections; the job continues. */
  close(): Promise<void>;
}

export interface ReachedHost {
  access: HostAccess;
  /** `PITWALL_RUN_DIR` of the ranks of the host. */
  runDirectory: string;
  /** Ranks of the host, as far as it knows them. */
  ranks: readonly number[];
  /** Running processes of the job there. */
  processCount: number;
  /**
   * The command of the host that runs a command in the folder and the environment of a rank, or of the host's first rank. Without a
   * command it is a shell.
   */
  enter(rank: number | undefined, command: readonly string[]): readonly string[];
  /** The command of this machine that runs a command on the host with this terminal. */
  wrapTerminal(command: readonly string[]): readonly string[];
  /** What rsync needs to reach the host; undefined for this machine and for hosts whose files are shared with it. */
  remote: { shell: readonly string[]; destination: string } | undefined;
}

/** What is known of a run apart from its launch target. */
export interface LaunchedRun {
  /** The run's record directory, absolute. */
  runDirectory: string;
  /** The program's folder on the launching machine, and the variables that were set for it. */
  cwd: string;
  env: Readonly<Record<string, string>>;
  seed: number;
}

const jobStatus = z.object({
  /** Whether the host has the output of the job. */
  isKnown: z.boolean(),
  isAlive: z.boolean(),
  hasEnded: z.boolean(),
  frameBytes: z.number(),
  processCount: z.number(),
  ranks: z.array(z.number()),
});
type JobStatus = z.output<typeof jobStatus>;

const statusMs = 30_000;

/** What the agent's file on a host says about a job; undefined if it gives no answer. */
export async function statusOfJob({
  access,
  agent,
  folder,
}: AgentPlace): Promise<JobStatus | undefined> {
  const outcome = await runOnHost(access, [...agent, "status", folder], { timeoutMs: statusMs });
  if (outcome.kind !== "ended") return undefined;
  const line = outcome.stdout.split("\n").findLast((each) => each.startsWith("{")) ?? "";
  try {
    return jobStatus.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}
