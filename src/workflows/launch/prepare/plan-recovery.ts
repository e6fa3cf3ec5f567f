import { nearestWord } from "../../../foundation/text/nearest-word.ts";
import { parseDurationMs } from "../../../foundation/numbers/units.ts";
import { UserError } from "../../../foundation/errors/user-error.ts";
import type {
  LaunchTarget,
  LaunchTargetKind,
  LaunchTargetOf,
  SshHost,
} from "../../../schema/run/hosts/launch-target.ts";
import {
  type FaultKind,
  faultKinds,
  type RecoveryRequest,
} from "../../../schema/run/events/recovery.ts";
import type { SeriesPlan } from "./plan-series.ts";

/** How a job is started again after failures, as the user requested it. */
export interface RecoveryTexts {
  maxRestarts?: number | undefined;
  /** `out-of-memory=1` */
  restartBudget?: readonly string[];
  hangTimeout?: string | undefined;
  minNodes?: number | undefined;
  spares?: number | undefined;
}

/** Launch targets whose jobs are started again. */
const recoverable: ReadonlySet<LaunchTargetKind> = new Set(["local", "mpi", "ray", "slurm", "ssh"]);

/**
 * Adds restarts to a plan. The last hosts become the spares.
 *
 * @throws UserError `option-unused`, `restart-budget-invalid`, `hang-timeout-invalid`, `spares-invalid`, `min-nodes-invalid`
 */
export function withRecovery(
  plan: SeriesPlan,
  texts: RecoveryTexts,
): Pick<SeriesPlan, "launchTarget" | "recovery"> {
  const { launchTarget } = plan;
  const { maxRestarts = 0 } = texts;
  if (maxRestarts === 0) {
    refuseAlone(texts);
    return { launchTarget };
  }
  if (!recoverable.has(launchTarget.kind)) throw unsupported(launchTarget.kind);
  if (plan.reading.programClock !== undefined) throw ownClock();
  const { target, spares } = withSpares(launchTarget, texts, plan);
  const minNodes = minNodesOf(target, texts.minNodes);
  const hangTimeoutMs = hangTimeoutOf(texts.hangTimeout);
  const restartBudget = budgetOf(texts.restartBudget ?? []);
  const recovery: RecoveryRequest = {
    maxRestarts,
    ...(restartBudget === undefined ? {} : { restartBudget }),
    ...(hangTimeoutMs === undefined ? {} : { hangTimeoutMs }),
    ...(minNodes === undefined ? {} : { minNodes }),
    ...(spares === undefined ? {} : { spares }),
  };
  return { launchTarget: target, recovery };
}

function refuseAlone({ restartBudget = [], hangTimeout, minNodes, spares }: RecoveryTexts): void {
  const options = [
    ["--restart-budget", restartBudget.length > 0],
    ["--hang-timeout", hangTimeout !== undefined],
    ["--min-nodes", minNodes !== undefined],
    ["--spares", spares !== undefined],
  ] as const;
  const given = options.find(([, isGiven]) => isGiven);
  if (given === undefined) return;
  throw new UserError("option-unused", `\`${given[0]}\` has no effect without \`--max-restarts\``, {
    hint: "specify how often the job may be started again: `--max-restarts 3`",
  });
}

function unsupported(kind: LaunchTargetKind): UserError {
  return new UserError("option-unused", `\`--max-restarts\` does not support \`--on ${kind}\``, {
    hint: "`--retries 2` starts the whole run again",
  });
}

function ownClock(): UserError {
  const message = "`--max-restarts` cannot be combined with `--clock`";
  return new UserError("option-unused", message, {
    hint: "a program's own clock begins anew with each attempt; Pitwall's clock runs on",
  });
}

function budgetOf(texts: readonly string[]): RecoveryRequest["restartBudget"] {
  if (texts.length === 0) return undefined;
  return Object.fromEntries(texts.map(budgetEntry));
}

function budgetEntry(text: string): [FaultKind, number] {
  const [, name = "", count] = /^([a-z-]+)=(\d{1,6})$/u.exec(text) ?? [];
  const kind = faultKinds.find((each) => each === name);
  if (kind !== undefined && count !== undefined) return [kind, Number(count)];
  const meant = nearestWord(name, faultKinds);
  throw new UserError("restart-budget-invalid", `invalid restart budget \`${text}\``, {
    at: "--restart-budget",
    hint:
      kind === undefined && meant !== undefined
        ? `did you mean \`${meant}=1\`? the kinds of faults are in docs/diagnosis.md`
        : "a kind of fault and a count: `out-of-memory=1`",
  });
}

function hangTimeoutOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  const timeMs = parseDurationMs(text);
  if (timeMs !== undefined && timeMs > 0) return timeMs;
  throw new UserError("hang-timeout-invalid", `invalid duration \`${text}\``, {
    at: "--hang-timeout",
    hint: "use for example `90s` or `10m`: longer than the program is ever silent",
  });
}

function withSpares(
  target: LaunchTarget,
  { spares: count }: RecoveryTexts,
  { data = [] }: Pick<SeriesPlan, "data">,
): { target: LaunchTarget; spares: RecoveryRequest["spares"] } {
  if (count === undefined || count === 0) return { target, spares: undefined };
  if (target.kind === "slurm")
    return { target: { ...target, spareNodes: count }, spares: undefined };
  const named = namedHosts(target);
  if (named === undefined) throw hostsOnly("--spares");
  if (data.length > 0) {
    throw new UserError("option-unused", "`--spares` cannot be combined with `--data`", {
      hint: "spare hosts get no data yet; put it there yourself",
    });
  }
  if (count >= named.hosts.length) {
    throw new UserError("spares-invalid", `${count} of ${named.hosts.length} hosts as spares`, {
      at: "--spares",
      hint: "the last hosts of `--hosts` are the spares; at least one other host must be left",
    });
  }
  const hosts = named.hosts.slice(0, -count);
  return { target: { ...named, hosts }, spares: named.hosts.slice(-count) };
}

/** A target whose hosts the user has named. */
function namedHosts(
  target: LaunchTarget,
): (LaunchTargetOf<"ssh" | "mpi"> & { hosts: SshHost[] }) | undefined {
  if (target.kind !== "ssh" && target.kind !== "mpi") return undefined;
  return target.hosts === undefined ? undefined : { ...target, hosts: target.hosts };
}

function minNodesOf(target: LaunchTarget, minNodes: number | undefined): number | undefined {
  if (minNodes === undefined) return undefined;
  const named = namedHosts(target);
  const count = target.kind === "slurm" ? target.nodes : named?.hosts.length;
  if (count === undefined) throw hostsOnly("--min-nodes");
  if (minNodes <= count) return minNodes;
  throw new UserError("min-nodes-invalid", `${minNodes} of ${count} hosts`, {
    at: "--min-nodes",
    hint: "the job starts on the hosts of `--hosts` without the spares, or on `--nodes`; the minimum cannot be above that",
  });
}

function hostsOnly(option: string): UserError {
  const message = `\`${option}\` is only supported with \`--hosts\` and with \`--on slurm\``;
  return new UserError("option-unused", message, {
    hint: "other jobs have no hosts that Pitwall could choose",
  });
}
