import { launchingHost } from "../../../schema/run/hosts/launching-host.ts";
import type { LaunchSummary } from "../../../schema/run/hosts/launch-summary.ts";
import type { LaunchTarget, SshHost } from "../../../schema/run/hosts/launch-target.ts";
import type { SystemDescription } from "../../../schema/system-description.ts";
import { costOfRun } from "../../../score/use/cost-of-run.ts";
import type { SeriesPlan } from "../prepare/plan-series.ts";

const hourMs = 3_600_000;

/** Where the runs of a plan are started, and what an hour there costs. */
export function summariseLaunch(
  { launchTarget, price }: Pick<SeriesPlan, "launchTarget" | "price">,
  system: SystemDescription,
): LaunchSummary {
  const cost = costOfRun({ billedMs: hourMs, trainingMs: undefined, price, launchTarget, system });
  const rankCount = rankCountOf(launchTarget, system);
  return {
    launchTarget,
    hosts: hostsOf(launchTarget),
    hostCount: system.number_of_nodes,
    ...(rankCount === undefined || rankCount === 0 ? {} : { rankCount }),
    ...(cost.kind === "priced" ? { usdPerHour: cost.billedUsd } : {}),
  };
}

function hostsOf(target: LaunchTarget): string[] {
  if (target.kind === "local") return [launchingHost];
  const hosts = namedHostsOf(target);
  if (hosts !== undefined) return hosts.map(({ name }) => name);
  return target.kind === "mpi" ? [launchingHost] : [];
}

function rankCountOf(target: LaunchTarget, system: SystemDescription): number | undefined {
  const ranks = "ranks" in target ? target.ranks : undefined;
  if (ranks === undefined) return undefined;
  const perHost = ranks.perHost === "gpu" ? system.accelerators_per_node : ranks.perHost;
  const hosts = namedHostsOf(target);
  if (hosts === undefined) return perHost * system.number_of_nodes;
  return hosts.reduce((sum, host) => sum + (host.ranks ?? perHost), 0);
}

/** The hosts that the user has named. */
function namedHostsOf(target: LaunchTarget): readonly SshHost[] | undefined {
  return target.kind === "ssh" || target.kind === "mpi" ? target.hosts : undefined;
}
