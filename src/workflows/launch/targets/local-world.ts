import { gitCommit } from "../../../probe/git-commit.ts";
import { diskRunStore } from "../../../store/records/disk-run-store.ts";
import { currentOwner } from "../../../store/records/write/process-owner.ts";
import type { RunWorld } from "./run-world.ts";
import { openTarget } from "./target-worlds.ts";

/** Time limit for git in a large checkout; after it the launch continues without a commit. */
const gitTimeoutMs = 1000;

/** The process that Pitwall runs in. */
interface Process {
  env: Readonly<Record<string, string | undefined>>;
  self: readonly string[];
  version: string;
  nowMs(): number;
  onCheckpointRequest?: RunWorld["onCheckpointRequest"];
}

/**
 * The real world: records on this machine's disk and jobs on all launch targets.
 *
 * @param home the folder of records, absolute
 */
export function localWorld(face: Process, home: string): RunWorld {
  return {
    store: diskRunStore(home),
    excludeHost: async (blamed) => {
      const { excludeBlamed } = await import("../../control/exclude-hosts.ts");
      await excludeBlamed(home, blamed, face.nowMs());
    },
    ...(face.onCheckpointRequest === undefined
      ? {}
      : { onCheckpointRequest: face.onCheckpointRequest }),
    openTarget: (target) => openTarget(target, face),
    nowMs: () => face.nowMs(),
    random: () => Math.random(),
    self: face.self,
    env: face.env,
    describe: async (cwd) => {
      const [owner, commit] = await Promise.all([
        currentOwner(),
        gitCommit(cwd, { timeoutMs: gitTimeoutMs }),
      ]);
      return {
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
