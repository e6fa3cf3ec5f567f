import { setTimeout as sleep } from "node:timers/promises";
import type { LaunchTargetOf } from "../../schema/run/hosts/launch-target.ts";
import type { LaunchMeans, LaunchTargetRow } from "../launch-target-row.ts";

type RayTarget = LaunchTargetOf<"ray">;

const endWithinMs = 60_000;
const pollMs = 250;

/** Jobs of a Ray cluster; loaded when a job uses them. */
export const rayTarget: LaunchTargetRow<RayTarget> = {
  launcher(target, means) {
    const opening = open(target, means);
    return {
      launch: async (command, options) => (await opening).launch(command, options),
      async *stage(data, options) {
        return yield* (await opening).stage(data, options);
      },
      attach: async (job) => (await opening).attach(job),
      describeHosts: async () => (await opening).describeHosts(),
      preview: async (command, options) => (await opening).preview(command, options),
    };
  },
  endAbandoned: async ({ address, nodes, ranks }, { runDirectory }, { env }) => {
    const { RayClient } = await import("./ray-client.ts");
    const { lastRayJobId } = await import("./ray-launcher.ts");
    const client = new RayClient(address, env);
    const jobId = await lastRayJobId(runDirectory, client);
    const isActive = async (): Promise<boolean> => {
      const info = await client.job(jobId);
      return info?.status === "PENDING" || info?.status === "RUNNING";
    };
    if (!(await isActive())) return { endedCount: 0 };
    await client.stop(jobId);
    const untilMs = performance.now() + endWithinMs;
    while (performance.now() < untilMs && (await isActive())) await sleep(pollMs);
    return { endedCount: nodes * ranks.perHost };
  },
  reach: async (target, run, means) => {
    const { reachRayJob } = await import("./reach-ray-job.ts");
    return reachRayJob(target, run, means);
  },
};

async function open(target: RayTarget, means: LaunchMeans) {
  const { RayLauncher } = await import("./ray-launcher.ts");
  return new RayLauncher(target, means);
}
