import type { LaunchedJob, Launcher } from "../../../launch/launcher.ts";
import type { Probe } from "../../../probe/start-probe.ts";
import type { HostExclusion } from "../../../schema/run/hosts/host-exclusion.ts";
import type { LaunchTarget } from "../../../schema/run/hosts/launch-target.ts";
import type { RunRequest } from "../../../schema/run/request/run-request.ts";
import type { SystemDescription } from "../../../schema/system-description.ts";
import type { SigningKey } from "../../../store/keys/key-store.ts";
import type { RunStore } from "../../../store/records/run-store.ts";

/** The environment of a run, passed in so that tests can replace it. */
export interface RunWorld {
  store: RunStore;
  /** Signs each record once it is closed; absent if records are not signed. */
  signingKey?: SigningKey | undefined;
  /** Leaves a host that a run blamed out of later runs; absent: no list is kept. */
  excludeHost?: (
    blamed: Pick<HostExclusion, "host" | "scope" | "reason" | "runId">,
  ) => Promise<void>;
  /** Calls a function whenever Pitwall is asked to store a checkpoint, until the returned function is called; absent: it never is. */
  onCheckpointRequest?: (listener: () => void) => () => void;
  openTarget(target: LaunchTarget): TargetWorld;
  nowMs(): number;
  /** Uniform in [0, 1), for ids. */
  random(): number;
  /** The command that starts this program again: Node.js and the path of bin.js. */
  self: readonly string[];
  env: Readonly<Record<string, string | undefined>>;
  /** This installation and this process. */
  describe(cwd: string): Promise<Pick<RunRequest, "environment" | "owner">>;
}

/** A launch target: its launcher and how its jobs are observed; see `target-worlds.ts`. */
export interface TargetWorld {
  launcher: Launcher;
  /** Starts to observe a job's processes and the meters of its hosts. */
  startProbe(started: {
    job: LaunchedJob;
    /** UUIDs of the GPUs that the job uses; undefined is all. */
    gpuUuids: readonly string[] | undefined;
  }): Promise<Probe>;
  /** The hosts that jobs run on, and which of their accelerators the program uses. */
  describeSystem(program: {
    command: readonly string[];
    env: Readonly<Record<string, string | undefined>>;
  }): Promise<SystemDescription>;
}
