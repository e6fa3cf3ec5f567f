import { UserError } from "../../../foundation/errors/user-error.ts";
import {
  type ExclusionScope,
  type HostExclusion,
} from "../../../schema/run/hosts/host-exclusion.ts";
import type {
  LaunchTarget,
  LaunchTargetOf,
  SshHost,
} from "../../../schema/run/hosts/launch-target.ts";
import type { RecoveryRequest } from "../../../schema/run/events/recovery.ts";
import type { PlanWarning } from "../prepare/find-workload.ts";

interface Placed {
  launchTarget: LaunchTarget;
  recovery?: RecoveryRequest | undefined;
}

/** Which list of excluded hosts counts for a launch target; undefined if it has no hosts of its own. */
export function scopeOf(target: LaunchTarget): ExclusionScope | undefined {
  if (target.kind === "slurm") return "slurm";
  return "hosts" in target && target.hosts !== undefined ? "ssh" : undefined;
}

/** The names of the hosts that a run may use, spares included. */
export function namedHosts({ launchTarget, recovery }: Placed): string[] {
  const hosts = "hosts" in launchTarget ? (launchTarget.hosts ?? []) : [];
  return [...hosts, ...(recovery?.spares ?? [])].map(({ name }) => name);
}

/**
 * A plan without excluded hosts. Slurm chooses other nodes; in place of an excluded ssh host a spare is used, or the job starts with fewer
 * hosts, if `--min-nodes` allows that.
 *
 * @param excluded those in force, of all scopes
 * @throws UserError `host-excluded` if the job would have fewer hosts than requested
 */
export function leaveOutHosts(
  plan: Placed,
  excluded: readonly HostExclusion[],
): Placed & { warnings: PlanWarning[] } {
  const { launchTarget } = plan;
  const scope = scopeOf(launchTarget);
  const ofScope = excluded.filter((each) => each.scope === scope);
  if (launchTarget.kind === "slurm") return { ...plan, ...withoutNodes(launchTarget, ofScope) };
  const names = new Set(namedHosts(plan));
  const left = ofScope.filter(({ host }) => names.has(host));
  if (left.length === 0 || !("hosts" in launchTarget) || launchTarget.hosts === undefined)
    return { ...plan, warnings: [] };
  const { hosts } = launchTarget;
  return { ...withoutNamed({ ...plan, launchTarget, hosts }, left), warnings: left.map(leftOut) };
}

function withoutNodes(
  target: LaunchTargetOf<"slurm">,
  left: readonly HostExclusion[],
): { launchTarget: LaunchTarget; warnings: PlanWarning[] } {
  if (left.length === 0) return { launchTarget: target, warnings: [] };
  const names = left.map(({ host }) => host);
  const sbatch = withExclude(target.sbatch ?? [], names);
  return { launchTarget: { ...target, sbatch }, warnings: left.map(leftOut) };
}

function withoutNamed(
  plan: Placed & { launchTarget: LaunchTargetOf<"ssh" | "mpi">; hosts: readonly SshHost[] },
  left: readonly HostExclusion[],
): Placed {
  const { recovery, launchTarget } = plan;
  const names = new Set(left.map(({ host }) => host));
  const allowed = [...plan.hosts, ...(recovery?.spares ?? [])].filter(
    ({ name }) => !names.has(name),
  );
  const wanted = plan.hosts.length;
  const hosts = allowed.slice(0, wanted);
  const [first] = left;
  if (first !== undefined && hosts.length < (recovery?.minNodes ?? wanted))
    throw hostExcluded(first);
  const placed = { launchTarget: { ...launchTarget, hosts } };
  if (recovery === undefined) return placed;
  const { spares: _spares, ...others } = recovery;
  const spares = allowed.slice(wanted);
  return { ...placed, recovery: spares.length === 0 ? others : { ...others, spares } };
}

/** sbatch uses only the last `--exclude`, so the user's own is extended. */
export function withExclude(sbatch: readonly string[], names: readonly string[]): string[] {
  const own = /^(?:-x\s*|--exclude[= ])(.+)$/u;
  const given = sbatch.flatMap((option) => own.exec(option)?.[1] ?? []);
  const kept = sbatch.filter((option) => !own.test(option));
  return [...kept, `--exclude=${[...given, ...names].join(",")}`];
}

function leftOut({ host, reason, scope }: HostExclusion): PlanWarning {
  return {
    message: `not using ${host}, which is excluded: ${reason}`,
    hint: `\`${allowCommand({ host, scope })}\` tests it and uses it again`,
  };
}

function allowCommand({ host, scope }: Pick<HostExclusion, "host" | "scope">): string {
  return `pitwall hosts allow ${host}${scope === "slurm" ? " --on slurm" : ""}`;
}

function hostExcluded({ host, reason, scope, runId }: HostExclusion): UserError {
  return new UserError("host-excluded", `\`${host}\` is excluded: ${reason}`, {
    at: "--hosts",
    ...(runId === undefined ? {} : { saw: `blamed by ${runId}` }),
    hint: `leave it out of \`--hosts\`, add a spare with \`--spares 1\`, or test and use it again with \`${allowCommand({ host, scope })}\``,
  });
}
