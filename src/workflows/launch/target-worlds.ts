import { launchTargets } from "../../launch/launch-targets.ts";
import { describeSystem } from "../../probe/describe-system.ts";
import { startProbe } from "../../probe/start-probe.ts";
import { launchingHost } from "../../schema/run/launching-host.ts";
import type {
  LaunchTarget,
  LaunchTargetKind,
  LaunchTargetOf,
} from "../../schema/run/launch-target.ts";
import { usedAccelerators } from "../../score/used-accelerators.ts";
import type { TargetWorld } from "./run-world.ts";

/** The clock of this process, for all launch targets. */
interface TargetHost {
  nowMs(): number;
}

/** How the jobs of a launch target are observed: everything except launching. */
type Observation<Target extends LaunchTarget> = (
  target: Target,
  host: TargetHost,
) => Omit<TargetWorld, "launcher">;

/**
 * Joins the two halves of each launch target: how jobs are started (`launch/launch-targets.ts`),
 * and how they are observed. A target without its row here does not compile.
 */
const observations = { local: observeThisHost } as {
  [Kind in LaunchTargetKind]: Observation<LaunchTargetOf<Kind>>;
};

export function openTarget<Kind extends LaunchTargetKind>(
  target: LaunchTargetOf<Kind>,
  host: TargetHost,
): TargetWorld {
  const launcher = launchTargets[target.kind].launcher(target, { nowMs: () => host.nowMs() });
  return { launcher, ...observations[target.kind](target, host) };
}

function observeThisHost(_target: LaunchTarget, host: TargetHost): Omit<TargetWorld, "launcher"> {
  return {
    startProbe: async ({ ranks, gpuUuids }) => {
      // Loaded after the launch, so that the launch does not wait for it.
      const { readPowerEstimate } = await import("../../store/catalogue/catalogue.ts");
      return startProbe({
        host: launchingHost,
        pids: ranks.flatMap(({ pid }) => (pid === undefined ? [] : [pid])),
        powerEstimate: await readPowerEstimate(),
        now: () => host.nowMs(),
        gpuUuids,
      });
    },
    describeSystem: ({ env, command }) =>
      describeSystem({ useOf: (present) => usedAccelerators(env, command, present) }),
  };
}
