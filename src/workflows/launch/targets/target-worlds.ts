import { join } from "node:path";
import { launchTargets } from "../../../launch/launch-targets.ts";
import type { LaunchMeans } from "../../../launch/launch-target-row.ts";
import type { LaunchedJob, Launcher } from "../../../launch/launcher.ts";
import { describeSystem } from "../../../probe/describe-system.ts";
import { startProbe } from "../../../probe/start-probe.ts";
import { launchingHost } from "../../../schema/run/hosts/launching-host.ts";
import type {
  LaunchTarget,
  LaunchTargetKind,
  LaunchTargetOf,
} from "../../../schema/run/hosts/launch-target.ts";
import { usedAccelerators } from "../../../score/use/used-accelerators.ts";
import { packageRoot } from "../../../store/catalogue/package-root.ts";
import type { TargetWorld } from "./run-world.ts";

/** The clock of this process, for all launch targets. */
interface TargetHost {
  nowMs(): number;
  env: Readonly<Record<string, string | undefined>>;
}

/** How the jobs of a launch target are observed: everything except launching. */
type Observation<Target extends LaunchTarget> = (
  target: Target,
  parts: { host: TargetHost; launcher: Launcher },
) => Omit<TargetWorld, "launcher">;

/**
 * Joins the two halves of each launch target: how jobs are started (`launch/launch-targets.ts`),
 * and how they are observed. A target without its row here does not compile.
 */
const observations: { [Kind in LaunchTargetKind]: Observation<LaunchTargetOf<Kind>> } = {
  local: observeThisHost,
  mpi: (target, parts) =>
    target.hosts === undefined
      ? observeThisHost(target, parts)
      : observeThroughAgents(target, parts),
  ray: observeThroughAgents,
  simulated: observeThroughAgents,
  ssh: observeThroughAgents,
  slurm: observeThroughAgents,
};

export function openTarget<Kind extends LaunchTargetKind>(
  target: LaunchTargetOf<Kind>,
  host: TargetHost,
): TargetWorld {
  const launcher = launchTargets[target.kind].launcher(target, launchMeans(host));
  return { launcher, ...observations[target.kind](target, { host, launcher }) };
}

/** What launchers get from Pitwall. */
export function launchMeans(host: TargetHost): LaunchMeans {
  return {
    nowMs: () => host.nowMs(),
    agentFile: join(packageRoot, "agent", "pitwall_agent.py"),
    env: host.env,
  };
}

function observeThisHost(
  _target: LaunchTarget,
  { host }: { host: TargetHost },
): Omit<TargetWorld, "launcher"> {
  return {
    startProbe: async ({ job, gpuUuids }) => {
      // Loaded after the launch, so that the launch does not wait for it.
      const { readPowerEstimate } = await import("../../../store/catalogue/catalogue.ts");
      return startProbe({
        host: launchingHost,
        pids: rootPids(job),
        powerEstimate: await readPowerEstimate(),
        now: () => host.nowMs(),
        gpuUuids,
      });
    },
    describeSystem: ({ env, command }) =>
      describeSystem({ useOf: (present) => usedAccelerators(env, command, present) }),
  };
}

/** The processes that all others of a job on this host descend from. */
function rootPids(job: LaunchedJob): number[] {
  const pids = job.ranks.flatMap(({ pid }) => (pid === undefined ? [] : [pid]));
  return pids.length > 0 ? pids : job.processIds(launchingHost);
}

/** Hosts that only their agents can look at. */
function observeThroughAgents(
  _target: LaunchTarget,
  { launcher }: { launcher: Launcher },
): Omit<TargetWorld, "launcher"> {
  const describeAll = async () => (await launcher.describeHosts?.()) ?? [];
  return {
    startProbe: async ({ job }) => {
      const { startAgentProbe } = await import("../../../probe/agent-probe.ts");
      const { readPowerEstimate } = await import("../../../store/catalogue/catalogue.ts");
      return startAgentProbe({
        samples: job.hostSamples ?? noSamples(),
        hosts: new Map((await describeAll()).map(({ host, facts }) => [host, facts])),
        powerEstimate: await readPowerEstimate(),
      });
    },
    describeSystem: async () => {
      const { describeHosts } = await import("../../../probe/describe-hosts.ts");
      return describeHosts(await describeAll());
    },
  };
}

async function* noSamples(): AsyncGenerator<never> {}
