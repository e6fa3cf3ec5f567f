import type { Launcher } from "../../launch/launcher.ts";
import type { Probe } from "../../probe/start-probe.ts";
import type { RunRequest } from "../../schema/run/run-request.ts";
import type { RunStore } from "../../store/records/run-store.ts";

/** What of the world a run meets, handed in so that tests can play it. */
export interface RunWorld {
  store: RunStore;
  launcher: Launcher;
  /** Begins to watch a run's processes and the machine's meters. */
  startProbe(run: {
    pid: number;
    env: Readonly<Record<string, string | undefined>>;
  }): Promise<Probe>;
  nowMs(): number;
  /** Uniform in [0, 1), for ids. */
  random(): number;
  /** What starts this very program again: Node.js and the path of bin.js. */
  self: readonly string[];
  env: Readonly<Record<string, string | undefined>>;
  /** This machine, this installation, this process. */
  describe(cwd: string): Promise<Pick<RunRequest, "system" | "environment" | "owner">>;
}
