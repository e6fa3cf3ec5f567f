import { nearestWord } from "../../../foundation/text/nearest-word.ts";
import { UserError } from "../../../foundation/errors/user-error.ts";
import type { HostFacts } from "../../../schema/run/hosts/host-facts.ts";
import type { LaunchTargetOf } from "../../../schema/run/hosts/launch-target.ts";
import { slurmError } from "../script/explain-sbatch.ts";
import { gpusInGres } from "../client/gres.ts";
import { parseSlurmTime } from "../client/slurm-time.ts";
import type { SlurmTools } from "../client/slurm-tools.ts";

export interface SlurmPartition {
  name: string;
  isDefault: boolean;
  /** Of one job; Infinity for no limit. */
  maximumNodes: number;
  /** Of one job, milliseconds; Infinity for no limit. */
  maximumMs: number;
}

/** A node in one partition; a node of several partitions is listed once for each. */
export interface SlurmNode {
  name: string;
  partition: string;
  /** Whether it can run a job now or later. */
  isUp: boolean;
  cpuCount: number;
  memoryBytes: number;
  gpus: { count: number; type: string | undefined };
  features: readonly string[];
}

export interface SlurmCluster {
  partitions: readonly SlurmPartition[];
  nodes: readonly SlurmNode[];
}

const nodeFormat = "%N|%P|%T|%c|%m|%G|%f";

/** @throws WorldError `slurm-missing`, `slurm-silent`, `slurm-broken` */
export async function readCluster(tools: SlurmTools): Promise<SlurmCluster> {
  const ask = async (words: readonly string[]): Promise<string> => {
    const { exitCode, stdout, stderr } = await tools.run(words);
    if (exitCode !== 0) throw slurmError(stderr || stdout, {});
    return stdout;
  };
  const [partitions, nodes] = await Promise.all([
    ask(["scontrol", "--all", "--oneliner", "show", "partition"]),
    ask(["sinfo", "--all", "--noheader", "--Node", `--format=${nodeFormat}`]),
  ]);
  return { partitions: parsePartitions(partitions), nodes: parseNodes(nodes) };
}

/** Reads `scontrol --oneliner show partition`. */
export function parsePartitions(text: string): SlurmPartition[] {
  return text.split("\n").flatMap((line) => {
    const field = (name: string): string | undefined =>
      new RegExp(`(?:^|\\s)${name}=(\\S+)`, "u").exec(line)?.[1];
    const name = field("PartitionName");
    if (name === undefined) return [];
    const nodes = Number(field("MaxNodes"));
    return [
      {
        name,
        isDefault: field("Default") === "YES",
        maximumNodes: Number.isInteger(nodes) ? nodes : Infinity,
        maximumMs: parseSlurmTime(field("MaxTime") ?? "") ?? Infinity,
      },
    ];
  });
}

/** Reads `sinfo --Node` in the format of `readCluster`. */
export function parseNodes(text: string): SlurmNode[] {
  return text.split("\n").flatMap((line) => {
    const [name = "", partition = "", state = "", cpus, memory, gres = "", features = ""] =
      line.split("|");
    if (name === "") return [];
    return [
      {
        name,
        partition: partition.replace(/\*$/u, ""),
        isUp: !/^(?:down|drain|fail|unk|inval|futu|powering_down)|\*$/iu.test(state),
        cpuCount: Number(cpus),
        memoryBytes: Number(memory) * 2 ** 20,
        gpus: gpusInGres(gres),
        features: features.split(",").filter((each) => each !== "" && each !== "(null)"),
      },
    ];
  });
}

/**
 * The nodes that can run a job. Slurm accepts jobs that it can never start, so they are refused here.
 *
 * @throws UserError `partition-unknown`, `too-few-nodes`, `slurm-time-invalid`
 */
export function nodesFor(
  target: LaunchTargetOf<"slurm">,
  { partitions, nodes }: SlurmCluster,
): SlurmNode[] {
  const used = partitionsOf(target, partitions);
  refuseTime(target, used);
  const names = used.map(({ name }) => name).join(", ");
  const suited = used.map((partition) => {
    const fitting = nodes.filter((node) => node.partition === partition.name && fits(node, target));
    return fitting.slice(0, Math.min(fitting.length, partition.maximumNodes));
  });
  const most = suited.toSorted((a, b) => b.length - a.length)[0] ?? [];
  const { nodes: nodeCount, spareNodes = 0 } = target;
  if (most.length >= nodeCount + spareNodes) {
    // The nodes that are up first: a job most likely runs there.
    return most.toSorted((a, b) => Number(b.isUp) - Number(a.isUp));
  }
  const { constraint, gres } = target;
  const needs = [
    ...(constraint === undefined ? [] : [`\`--constraint ${constraint}\``]),
    ...(gres === undefined ? [] : [`\`--gres ${gres}\``]),
  ].join(" and ");
  const has = `${most.length} ${most.length === 1 ? "node" : "nodes"}`;
  throw new UserError(
    "too-few-nodes",
    `\`--nodes ${nodeCount}\`${spareNodes === 0 ? "" : ` and \`--spares ${spareNodes}\``}, but partition \`${names}\` allows ${has}${needs === "" ? "" : ` with ${needs}`}`,
    {
      at: "--nodes",
      hint: "use fewer nodes, or another partition; Slurm itself would accept the job and never start it",
    },
  );
}

function partitionsOf(
  { partition }: LaunchTargetOf<"slurm">,
  partitions: readonly SlurmPartition[],
): SlurmPartition[] {
  if (partition === undefined) {
    const byDefault = partitions.filter(({ isDefault }) => isDefault);
    return byDefault.length === 0 ? [...partitions] : byDefault;
  }
  return partition.split(",").map((name) => {
    const found = partitions.find((each) => each.name === name);
    if (found !== undefined) return found;
    const names = partitions.map((each) => each.name);
    const nearest = nearestWord(name, names);
    throw new UserError("partition-unknown", `there is no partition \`${name}\``, {
      at: `--partition ${partition}`,
      saw: `partitions: ${names.join(", ")}`,
      hint: nearest === undefined ? "`sinfo` lists them" : `did you mean \`${nearest}\`?`,
    });
  });
}

function refuseTime({ time }: LaunchTargetOf<"slurm">, used: readonly SlurmPartition[]): void {
  if (time === undefined) return;
  const limitMs = parseSlurmTime(time) ?? 0;
  const [longest] = used.toSorted((a, b) => b.maximumMs - a.maximumMs);
  if (longest === undefined || limitMs <= longest.maximumMs) return;
  throw new UserError(
    "slurm-time-invalid",
    `\`--time ${time}\` is above the limit of partition \`${longest.name}\``,
    {
      at: "--time",
      saw: `its limit is ${Math.round(longest.maximumMs / 60_000)} minutes`,
      hint: "Slurm itself would accept the job and never start it",
    },
  );
}

function fits(node: SlurmNode, { constraint, gres }: LaunchTargetOf<"slurm">): boolean {
  // Slurm itself evaluates expressions of features.
  const isName = constraint !== undefined && /^[\w.-]+$/u.test(constraint);
  if (isName && !node.features.includes(constraint)) return false;
  return gres === undefined || node.gpus.count >= gpusInGres(gres).count;
}

/** What is known of a node before a job starts there: its sizes, and the GPUs that the job requests. */
export function factsOfNode(
  node: SlurmNode,
  { gres = "" }: Pick<LaunchTargetOf<"slurm">, "gres">,
): HostFacts {
  const { count, type } = gpusInGres(gres);
  const name = type ?? node.gpus.type ?? "gpu";
  return {
    hostname: node.name,
    timeMs: 0,
    home: "",
    homeId: "",
    python: "",
    pythonVersion: "",
    system: "",
    operatingSystem: "",
    cpuModel: "",
    coreCount: node.cpuCount,
    memoryBytes: node.memoryBytes,
    gpus: Array.from({ length: count }, (_, index) => ({
      index,
      uuid: "",
      name,
      memoryBytes: null,
      driver: "",
    })),
    interfaces: {},
    reachedAt: null,
    freePort: 0,
  };
}
