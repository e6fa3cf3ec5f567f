import { resolve } from "node:path";
import { launchTargets } from "../../src/launch/launch-targets.ts";
import type { ContractSubject } from "../../src/launch/launch-target.contract.ts";
import type { Launcher } from "../../src/launch/launcher.ts";
import type { LaunchTargetKind, LaunchTargetOf } from "../../src/schema/run/hosts/launch-target.ts";

/** Two ranks on each host, started by the agents. */
export const contractRanks = { perHost: 2, starter: "direct" } as const;

/**
 * An engine with two hosts of two ranks, as the contract of launch targets sees it.
 *
 * @param target with `contractRanks`; asked for once the engine is running
 * @param env what programs need to use the engine
 */
export function contractSubject<Kind extends LaunchTargetKind>(
  target: () => LaunchTargetOf<Kind>,
  env: () => Readonly<Record<string, string>> = () => ({}),
): ContractSubject {
  return {
    hostCount: 2,
    ranksPerHost: contractRanks.perHost,
    ranks: "processes",
    hasOtherClocks: true,
    missingProgram: "exit-127",
    outlivesPitwall: true,
    env,
    open: () => launcherOf(target(), env()),
  };
}

function launcherOf<Kind extends LaunchTargetKind>(
  target: LaunchTargetOf<Kind>,
  env: Readonly<Record<string, string>>,
): Launcher {
  const means = {
    nowMs: Date.now,
    agentFile: resolve("agent/pitwall_agent.py"),
    env: { ...process.env, ...env },
  };
  return launchTargets[target.kind].launcher(target, means);
}
