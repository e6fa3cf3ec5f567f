import { UserError } from "../../foundation/errors/user-error.ts";
import type { HostFacts } from "../../schema/run/hosts/host-facts.ts";
import type { LaunchTargetOf } from "../../schema/run/hosts/launch-target.ts";
import type { RayClient, RayNode } from "./ray-client.ts";

/**
 * Running nodes of a cluster.
 *
 * @throws UserError `ray-too-few-nodes`
 */
export async function nodesFor(
  { nodes: count }: Pick<LaunchTargetOf<"ray">, "nodes">,
  client: RayClient,
): Promise<RayNode[]> {
  const nodes = await client.nodes();
  if (nodes.length === 0 || nodes.length >= count) return nodes;
  throw new UserError("ray-too-few-nodes", `the Ray cluster has ${nodes.length} nodes`, {
    at: `--nodes ${count}`,
    hint: "use fewer nodes; Pitwall does not wait for an autoscaler to add some",
  });
}

/** Of each node: a CPU and a GPU per rank, as far as all nodes have them. */
export function resourcesOf(
  nodes: readonly RayNode[],
  rankCount: number,
): { CPU: number; GPU?: number } {
  const fit = (name: string): boolean =>
    nodes.length > 0 &&
    nodes.every(({ raylet }) => (raylet.resourcesTotal[name] ?? 0) >= rankCount);
  return { CPU: fit("CPU") ? rankCount : 1, ...(fit("GPU") ? { GPU: rankCount } : {}) };
}

/** Names in records, as `agent/ray_driver.py` gives them: nodes of the same machine get a number. */
export function hostNamesOf(nodes: readonly RayNode[]): string[] {
  const names = nodes.map(({ hostname }) => hostname.split(".")[0] ?? hostname);
  return names.map((name, index) => {
    if (names.filter((each) => each === name).length === 1) return name;
    return `${name}-${names.slice(0, index + 1).filter((each) => each === name).length}`;
  });
}

/** What the dashboard knows about a node. */
export function factsOf({ hostname, cpus, mem, raylet }: RayNode): HostFacts {
  const gpuCount = Math.floor(raylet.resourcesTotal["GPU"] ?? 0);
  return {
    hostname,
    timeMs: 0,
    home: "",
    homeId: "",
    python: "",
    pythonVersion: "",
    system: "",
    operatingSystem: "",
    cpuModel: "",
    coreCount: cpus[0],
    memoryBytes: mem[0] ?? null,
    gpus: Array.from({ length: gpuCount }, (_, index) => ({
      index,
      uuid: "",
      name: acceleratorOf(raylet.resourcesTotal) ?? "gpu",
      memoryBytes: null,
      driver: "",
    })),
    interfaces: {},
    reachedAt: null,
    freePort: 0,
  };
}

/** Ray names the kind of GPU as a resource: `accelerator_type:H100`. */
function acceleratorOf(resources: Readonly<Record<string, number>>): string | undefined {
  const name = Object.keys(resources).find((each) => each.startsWith("accelerator_type:"));
  return name?.slice("accelerator_type:".length);
}
