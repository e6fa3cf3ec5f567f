import { parseDurationMs } from "../../../foundation/numbers/units.ts";
import { UserError } from "../../../foundation/errors/user-error.ts";
import type { LaunchTarget, RankPlan } from "../../../schema/run/hosts/launch-target.ts";
import type { Startable } from "../../../schema/run/request/run-request.ts";
import type { PlacesOverSsh } from "./plan-mpi-target.ts";
import { isGiven, type LaunchTexts } from "../running/launch-texts.ts";
import { orderHosts, placementOf, rendezvousOf } from "./plan-placement.ts";

/** Where to start a job, in the words of the command line and of the workload file. */
interface LaunchRequest {
  given: LaunchTexts;
  /** A file can hold the settings of several launch targets; those of others are not used. */
  fromFile?: LaunchTexts;
}

interface PlannedTarget {
  target: LaunchTarget;
  /** Keys of the workload file that the launch target does not use. */
  unused: (keyof LaunchTexts)[];
}

interface Program {
  startable: Startable;
  cwd: string;
}

/**
 * The launch target of a request. Without `--on`, hosts mean ssh and anything else is this machine.
 *
 * @throws UserError `option-unused`, `nproc-invalid`, `host-timeout-invalid`, `launcher-nested`, and what `readHosts`,
 * `planSlurmTarget`, `planMpiTarget` and `planRayTarget` throw
 */
export async function planLaunchTarget(
  { given, fromFile = {} }: LaunchRequest,
  startable: Startable,
  cwd: string,
): Promise<PlannedTarget> {
  const on = kindOf(given) ?? kindOf(fromFile) ?? "local";
  const within = kindWithin(on, { given, fromFile });
  const [firstUnused] = unusedOptions(within === "mpi-here" ? "mpi" : within, given);
  if (firstUnused !== undefined) throw optionUnused(on, firstUnused);
  const unused = unusedOptions(within, fromFile);
  const keys = unused.map(({ key }) => key);
  const texts = { ...withoutKeys(fromFile, keys), ...onlyGiven(given), on };
  const isLimitedByFile = given.nodes === undefined && texts.nodes !== undefined;
  if (!isLimitedByFile || texts.hosts === undefined)
    return { target: await planTarget(texts, { startable, cwd }), unused: keys };
  return planFirstHosts(texts, { startable, cwd }, keys);
}

/** Of more hosts than the file says, the first are used; fewer are what the user wants now. */
async function planFirstHosts(
  texts: LaunchTexts,
  program: Program,
  unused: (keyof LaunchTexts)[],
): Promise<PlannedTarget> {
  const { nodes = 1, ...others } = texts;
  const target = await planTarget(others, program);
  const hosts = "hosts" in target ? (target.hosts ?? []) : [];
  if (hosts.length < nodes) return { target, unused: [...unused, "nodes"] };
  return { target: await planTarget(texts, program), unused };
}

/** The kind of target, or its part that uses fewer options. */
function kindWithin(on: string, { given, fromFile = {} }: LaunchRequest): string {
  const texts = { ...onlyGiven(fromFile), ...onlyGiven(given) };
  if (on === "mpi" && texts.hosts === undefined) return "mpi-here";
  return on === "slurm" && texts.sendCode !== true ? "slurm-shared" : on;
}

function kindOf({ on, hosts }: LaunchTexts): string | undefined {
  return on ?? (hosts === undefined ? undefined : "ssh");
}

async function planTarget(texts: LaunchTexts, { startable, cwd }: Program): Promise<LaunchTarget> {
  const { on: kind = "local" } = texts;
  const startsRanks = [texts.nproc, texts.launcher, texts.rendezvous].some(isGiven);
  const isPlainHere = kind === "local" && !startsRanks;
  if (kind === "simulated") return simulatedTarget(texts);
  if (isPlainHere) return { kind: "local" };
  refuseBuiltIn(startable);
  const ranks = rankPlanOf(texts, startable);
  if (kind === "slurm") {
    const { planSlurmTarget } = await import("./plan-slurm-target.ts");
    return planSlurmTarget(texts, ranks);
  }
  if (kind === "ray") {
    const { planRayTarget } = await import("./plan-ray-target.ts");
    return planRayTarget(texts, ranks);
  }
  if (kind === "mpi") {
    const { planMpiTarget } = await import("./plan-mpi-target.ts");
    const named = texts.hosts === undefined ? undefined : await placesOverSsh(texts, cwd);
    return planMpiTarget(texts, { ranks, named });
  }
  if (kind !== "ssh") return { kind: "local", ranks };
  const placement = placementOf(texts);
  return { kind: "ssh", ranks, ...(await placesOverSsh(texts, cwd)), ...placement };
}

/** The hosts of `--hosts`, and what is sent there. */
async function placesOverSsh(texts: LaunchTexts, cwd: string): Promise<PlacesOverSsh> {
  const { readHosts } = await import("./read-hosts.ts");
  const { sshConfig, sync = [], setUp } = texts;
  const hosts = await readHosts(texts.hosts, { cwd, sshConfig });
  const used = texts.nodes === undefined ? hosts : firstHosts(hosts, texts.nodes);
  return {
    hosts: texts.rankOrder === "topology" ? orderHosts(used) : used,
    ...(sshConfig === undefined ? {} : { sshConfig }),
    ...(sync.length === 0 ? {} : { sync: [...sync] }),
    ...(setUp === undefined ? {} : { setUp }),
    ...timesOf(texts.hostTimeout),
  };
}

function simulatedTarget({ nodes = 1, nproc }: LaunchTexts): LaunchTarget {
  const perHost = perHostOf(nproc);
  if (perHost !== "gpu") return { kind: "simulated", nodes, ranks: { perHost, starter: "direct" } };
  throw new UserError("nproc-invalid", "simulated hosts have no GPUs", {
    at: "--nproc",
    hint: "use a number from 1 to 1024",
  });
}

/** Ten times as long as a host may be silent: then Pitwall has given it up, and no other host needs it. */
const leaseFactor = 10;
const defaultHostTimeoutMs = 60_000;

function timesOf(text: string | undefined): { hostTimeoutMs?: number; leaseMs: number } {
  if (text === undefined) return { leaseMs: leaseFactor * defaultHostTimeoutMs };
  const hostTimeoutMs = parseDurationMs(text);
  if (hostTimeoutMs !== undefined && hostTimeoutMs >= 1000)
    return { hostTimeoutMs, leaseMs: leaseFactor * hostTimeoutMs };
  throw new UserError("host-timeout-invalid", `invalid time \`${text}\``, {
    at: "--host-timeout",
    hint: "at least one second, with its unit: `30s`, `5m`",
  });
}

function firstHosts<Host>(hosts: readonly Host[], count: number): Host[] {
  if (count <= hosts.length) return hosts.slice(0, count);
  throw new UserError("too-few-hosts", `\`--nodes ${count}\` with ${hosts.length} hosts`, {
    at: "--nodes",
    hint: "add hosts to `--hosts`, or use fewer nodes",
  });
}

/** Options that only some kinds of launch targets use. */
const optionsOfKinds: readonly {
  option: string;
  key: keyof LaunchTexts;
  kinds: readonly string[];
}[] = [
  { option: "--hosts", key: "hosts", kinds: ["ssh", "mpi"] },
  { option: "--ssh-config", key: "sshConfig", kinds: ["ssh", "mpi"] },
  { option: "--set-up", key: "setUp", kinds: ["ssh", "mpi", "ray", "slurm"] },
  { option: "--sync", key: "sync", kinds: ["ssh", "mpi", "ray", "slurm"] },
  { option: "--send-code", key: "sendCode", kinds: ["slurm"] },
  { option: "--host-timeout", key: "hostTimeout", kinds: ["ssh", "mpi"] },
  { option: "--nodes", key: "nodes", kinds: ["ssh", "mpi", "slurm", "ray", "simulated"] },
  { option: "--rank-order", key: "rankOrder", kinds: ["ssh", "slurm"] },
  { option: "--launch-rate", key: "launchRate", kinds: ["ssh", "slurm"] },
  { option: "--rendezvous", key: "rendezvous", kinds: ["local", "ssh", "slurm"] },
  { option: "--launcher", key: "launcher", kinds: ["local", "ssh", "slurm", "ray"] },
  { option: "--ray-address", key: "rayAddress", kinds: ["ray"] },
  { option: "--mpirun", key: "mpirun", kinds: ["mpi"] },
  { option: "--partition", key: "partition", kinds: ["slurm"] },
  { option: "--account", key: "account", kinds: ["slurm"] },
  { option: "--time", key: "time", kinds: ["slurm"] },
  { option: "--constraint", key: "constraint", kinds: ["slurm"] },
  { option: "--gres", key: "gres", kinds: ["slurm"] },
  { option: "--sbatch", key: "sbatch", kinds: ["slurm"] },
];

/** @param kind `mpi-here` is MPI on this machine, without `--hosts`; `slurm-shared` is Slurm without `--send-code` */
function unusedOptions(kind: string, texts: LaunchTexts): typeof optionsOfKinds {
  const isUsed = (option: string, kinds: readonly string[]): boolean => {
    if (kind === "mpi-here") return option === "--mpirun";
    if (kind !== "slurm-shared") return kinds.includes(kind);
    return kinds.includes("slurm") && !["--sync", "--set-up"].includes(option);
  };
  return optionsOfKinds.filter(
    ({ option, key, kinds }) => !isUsed(option, kinds) && isGiven(texts[key]),
  );
}

function optionUnused(
  kind: string,
  { option, kinds }: { option: string; kinds: readonly string[] },
): UserError {
  if (kind === "slurm-shared" && kinds.includes("slurm")) {
    return new UserError("option-unused", `\`${option}\` has no effect without \`--send-code\``, {
      hint: "add `--send-code` if the nodes do not share this folder, or remove it",
    });
  }
  const on = kind === "slurm-shared" ? "slurm" : kind;
  return new UserError("option-unused", `\`${option}\` has no effect with \`--on ${on}\``, {
    hint: `use ${kinds.map((each) => `\`--on ${each}\``).join(" or ")}, or remove \`${option}\``,
  });
}

function withoutKeys(texts: LaunchTexts, keys: readonly (keyof LaunchTexts)[]): LaunchTexts {
  const left = { ...texts };
  for (const key of keys) delete left[key];
  return left;
}

function onlyGiven(texts: LaunchTexts): LaunchTexts {
  return Object.fromEntries(Object.entries(texts).filter(([, value]) => isGiven(value)));
}

function refuseBuiltIn(startable: Startable): void {
  if (startable.kind === "command") {
    if (startable.stdin === undefined) return;
    throw new UserError("option-unused", "`--stdin` is not supported for several ranks", {
      hint: "let the program read the file by its name",
    });
  }
  throw new UserError("option-unused", "built-in workloads run in one process on this machine", {
    hint: `use \`pitwall run ${startable.name} --workers 2\`; PyTorch programs run on several hosts`,
  });
}

function rankPlanOf(texts: LaunchTexts, startable: Startable): RankPlan {
  const command = startable.kind === "command" ? startable.command : [];
  refuseNestedLauncher(command);
  const starter = texts.launcher ?? (isPython(command) ? "torchrun" : "direct");
  const usesTorchrun = starter === "torchrun" && texts.on !== "mpi";
  return {
    perHost: perHostOf(texts.nproc),
    starter: usesTorchrun ? "torchrun" : "direct",
    ...rendezvousOf(texts, starter),
  };
}

function perHostOf(text = "1"): RankPlan["perHost"] {
  if (text === "gpu") return text;
  const count = Number(text);
  if (Number.isInteger(count) && count >= 1 && count <= 1024) return count;
  throw new UserError("nproc-invalid", `invalid number of ranks per host \`${text}\``, {
    at: "--nproc",
    hint: "use a number from 1 to 1024, or `gpu` for one rank per GPU",
  });
}

/** These start ranks themselves: started once per rank they would start far too many. */
function refuseNestedLauncher(command: readonly string[]): void {
  const [program = "", ...rest] = command;
  const name = program.replace(/^.*\//u, "");
  const isModule = rest[0] === "-m" && /^torch\.distributed\.(?:run|launch)$/u.test(rest[1] ?? "");
  if (!isModule && !["torchrun", "mpirun", "mpiexec", "srun", "deepspeed"].includes(name)) return;
  throw new UserError("launcher-nested", `\`${name}\` starts the ranks itself`, {
    at: "--",
    hint: "give the program alone: Pitwall starts it once per rank with RANK, WORLD_SIZE and MASTER_ADDR",
  });
}

function isPython([program = ""]: readonly string[]): boolean {
  return /(?:^|\/)python[\d.]*$/u.test(program);
}
