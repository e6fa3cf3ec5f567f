import { orderByPath } from "../../../foundation/text/order-by-path.ts";
import { UserError } from "../../../foundation/errors/user-error.ts";
import { expandHostlist } from "../client/hostlist.ts";
import type { SlurmTools } from "../client/slurm-tools.ts";

/**
 * All nodes of the cluster, those below the same switch together.
 *
 * @throws UserError `topology-unknown`; WorldError `slurm-missing`, `slurm-silent`
 */
export async function readNodeOrder(tools: SlurmTools): Promise<string[]> {
  const { stdout } = await tools.run(["scontrol", "--oneliner", "show", "topology"]);
  const order = nodesInOrder(stdout);
  if (order.length > 0) return order;
  throw new UserError("topology-unknown", "this Slurm does not know the network of its nodes", {
    at: "--rank-order topology",
    saw: "`scontrol show topology` lists no nodes",
    hint: "the administrator sets `TopologyPlugin`; without it, Slurm's own order is used: remove `--rank-order topology`",
  });
}

interface Group {
  name: string;
  level: number;
  nodes: ReadonlySet<string>;
}

/** Reads `scontrol show topology` of the plugins `topology/tree` (switches) and `topology/block` (blocks). */
export function nodesInOrder(text: string): string[] {
  const groups = text.split("\n").flatMap((line) => groupIn(line));
  const fromTop = groups.toSorted((a, b) => b.level - a.level);
  const names = [...new Set(groups.flatMap(({ nodes }) => Array.from(nodes)))];
  return orderByPath(names, (node) =>
    fromTop.filter(({ nodes }) => nodes.has(node)).map(({ name }) => name),
  );
}

function groupIn(line: string): Group[] {
  const field = (name: string): string | undefined =>
    new RegExp(`(?:^|\\s)${name}=(\\S+)`, "u").exec(line)?.[1];
  const name = field("SwitchName") ?? field("BlockName");
  const nodes = field("Nodes");
  if (name === undefined || nodes === undefined) return [];
  return [{ name, level: Number(field("Level") ?? 0), nodes: new Set(expandHostlist(nodes)) }];
}
