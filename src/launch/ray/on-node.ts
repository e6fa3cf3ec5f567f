import type { HostAccess } from "../agent/host-access.ts";
import type { LaunchMeans } from "../launch-target-row.ts";
import type { RayClient } from "./ray-client.ts";
import { entryPointOf, linkFile } from "./ray-entry-point.ts";
import { sendOwnPackage } from "./ray-package.ts";

/** How commands of this machine run on a node of a Ray cluster: each as a Ray job of its own, which `agent/ray_link.py` submits. */
export interface NodeAccess extends HostAccess {
  /** The command of this machine that runs a command on the node with this terminal. */
  wrapTerminal(command: readonly string[]): readonly string[];
  /** What rsync needs to reach the node. */
  remote: { shell: readonly string[]; destination: string };
}

/**
 * Reaches nodes of a cluster. In commands, `{agentPython}` and `{agent}` are Python on the node and the agent's file there.
 *
 * @throws UserError, WorldError what `RayClient` throws
 */
export async function reachNodes(
  nodes: readonly { host: string; nodeId: string }[],
  { client, means }: { client: RayClient; means: LaunchMeans },
): Promise<NodeAccess[]> {
  const files = await sendOwnPackage(client, means.agentFile);
  const token = await client.token();
  const env = token === undefined ? means.env : { ...means.env, RAY_AUTH_TOKEN: token };
  const link = ["python3", linkFile(means.agentFile)];
  return nodes.map(({ host, nodeId }) => {
    const entrypoint = entryPointOf("ray_shell.py {arguments}", undefined);
    const place = { address: client.address, package: files, nodeId, entrypoint };
    // rsync has rules of its own for quotes in the words of a shell.
    const spec = Buffer.from(JSON.stringify(place)).toString("base64");
    return {
      host,
      env,
      wrap: (words) => [...link, "on", spec, "--", ...words],
      wrapTerminal: (words) => [...link, "on", spec, "--terminal", "--", ...words],
      remote: { shell: [...link, "rsh", spec], destination: host },
    };
  });
}
