import { type HostExclusion, isExpired } from "../../../schema/run/hosts/host-exclusion.ts";
import type { LaunchTarget } from "../../../schema/run/hosts/launch-target.ts";
import type { RecoveryRequest } from "../../../schema/run/events/recovery.ts";
import { readExclusions } from "../../../store/excluded-hosts.ts";
import type { HostsCheck } from "../../control/check-hosts.ts";
import { allowHost } from "../../control/exclude-hosts.ts";
import type { PlanWarning } from "../prepare/find-workload.ts";
import { leaveOutHosts, namedHosts, scopeOf } from "./leave-out-hosts.ts";

interface Placed {
  launchTarget: LaunchTarget;
  recovery?: RecoveryRequest | undefined;
}

/**
 * A plan without the hosts that are excluded. A host or node whose exclusion has expired is tested first and used if it passes.
 *
 * @throws UserError as `leaveOutHosts` and `readExclusions` do
 */
export async function settleExclusions(
  plan: Placed,
  means: { home: string; nowMs: number; check: (host: string) => Promise<HostsCheck> },
): Promise<Placed & { warnings: PlanWarning[] }> {
  const scope = scopeOf(plan.launchTarget);
  if (scope === undefined) return { ...plan, warnings: [] };
  const excluded = await readExclusions(means.home);
  const names = new Set(namedHosts(plan));
  const inForce: HostExclusion[] = [];
  const notes: PlanWarning[] = [];
  for (const each of excluded) {
    const isUsed = each.scope === scope && (scope === "slurm" || names.has(each.host));
    if (!isUsed) continue;
    if (!isExpired(each, means.nowMs)) inForce.push(each);
    else {
      const tested = await testExpired(each, means);
      if (tested.kind === "failed") inForce.push(tested.exclusion);
      else notes.push(tested.note);
    }
  }
  const { warnings, ...left } = leaveOutHosts(plan, inForce);
  return { ...left, warnings: [...warnings, ...notes] };
}

async function testExpired(
  exclusion: HostExclusion,
  { home, nowMs, check }: Parameters<typeof settleExclusions>[1],
): Promise<{ kind: "failed"; exclusion: HostExclusion } | { kind: "passed"; note: PlanWarning }> {
  const { host } = exclusion;
  const allowed = await allowHost(home, exclusion, { check: () => check(host), nowMs });
  if (allowed.kind !== "failed") {
    const message = `using ${host} again: its exclusion has expired, and it passes its test`;
    const hint = `it was excluded: ${exclusion.reason}`;
    return { kind: "passed", note: { isNote: true, message, hint } };
  }
  const [first] = allowed.findings;
  const reason = `${exclusion.reason}; its test failed: ${first?.message ?? "unknown"}`;
  return { kind: "failed", exclusion: { ...exclusion, reason } };
}
