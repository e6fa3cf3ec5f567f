import { localLauncher } from "../../launch/local/local-launcher.ts";
import { describeSystem } from "../../probe/describe-system.ts";
import { gitCommit } from "../../probe/git-commit.ts";
import { startProbe } from "../../probe/start-probe.ts";
import { diskRunStore } from "../../store/records/disk-run-store.ts";
import { currentOwner } from "../../store/records/process-owner.ts";
import type { RunWorld } from "./run-world.ts";

/** A launch waits this long for git to look through a large checkout, and then goes on without. */
const gitTimeoutMs = 1000;

/** What a face hands on of the process it runs in. */
interface Process {
  env: Readonly<Record<string, string | undefined>>;
  self: readonly string[];
  version: string;
  nowMs(): number;
}

/**
 * This machine as runs meet it: real processes, meters and disk.
 *
 * @param home where records are kept, absolute
 */
export function localWorld(face: Process, home: string): RunWorld {
  return {
    store: diskRunStore(home),
    launcher: localLauncher({ nowMs: () => face.nowMs() }),
    startProbe: async ({ pid, env }) => {
      // Loaded once the program runs: what it does first need not wait for it.
      const { readPowerEstimate } = await import("../../store/catalogue/catalogue.ts");
      return startProbe({
        pids: [pid],
        powerEstimate: await readPowerEstimate(),
        now: () => face.nowMs(),
        visibleDevices: env["CUDA_VISIBLE_DEVICES"],
      });
    },
    nowMs: () => face.nowMs(),
    random: () => Math.random(),
    self: face.self,
    env: face.env,
    describe: async (cwd) => {
      const [system, owner, commit] = await Promise.all([
        describeSystem(),
        currentOwner(),
        gitCommit(cwd, { timeoutMs: gitTimeoutMs }),
      ]);
      return {
        system,
        owner,
        environment: {
          pitwallVersion: face.version,
          nodeVersion: process.versions.node,
          platform: `${process.platform} ${process.arch}`,
          ...(commit.kind === "commit"
            ? { commit: commit.commit, commitIsDirty: commit.isDirty }
            : {}),
        },
      };
    },
  };
}
