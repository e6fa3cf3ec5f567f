import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";

/** A Ray cluster of two nodes on this machine, for tests. */
export interface RayLab {
  /** Of its dashboard. */
  readonly address: string;
  /** Ends all of its processes, and only those. */
  close(): Promise<void>;
}

/** Ends with its standard input. The nodes have folders of their own, because each removes what the other unpacks there. */
const script = `
import sys
from ray.cluster_utils import Cluster
folder, ports = sys.argv[1], [int(text) for text in sys.argv[2:]]
def node(index):
    return {"num_cpus": 4, "object_store_memory": 80_000_000, "temp_dir": "%s/%d" % (folder, index),
            "dashboard_agent_listen_port": ports[index]}
head = dict(node(1), include_dashboard=True, dashboard_host="127.0.0.1", dashboard_port=ports[0])
cluster = Cluster(initialize_head=True, head_node_args=head)
cluster.add_node(**node(2))
print("ready", flush=True)
sys.stdin.read()
cluster.shutdown()
`;

/**
 * Starts a cluster with the Python of `PITWALL_RAY_PYTHON`; the caller ends it with `close`.
 *
 * @param token what clients must send; none by default
 */
export async function startRayLab(python: string, token?: string): Promise<RayLab> {
  // The paths of its sockets may have at most 107 characters.
  const folder = mkdtempSync(join(tmpdir(), "pwr-"));
  // Ray writes the address of its cluster here, and does not create the folder.
  mkdirSync(join(folder, "ray"));
  const ports = await freePorts(3);
  const authentication =
    token === undefined
      ? { RAY_AUTH_MODE: "disabled" }
      : { RAY_AUTH_MODE: "token", RAY_AUTH_TOKEN: token };
  const child = spawn(python, ["-c", script, folder, ...ports.map(String)], {
    stdio: ["pipe", "pipe", "pipe"],
    env: {
      PATH: process.env["PATH"],
      HOME: folder,
      RAY_TMPDIR: folder,
      RAY_USAGE_STATS_ENABLED: "0",
      RAY_raylet_start_wait_time_s: "300",
      // Other tests keep this machine busy: a node that answers late is not dead.
      RAY_health_check_failure_threshold: "30",
      ...authentication,
    },
  });
  const exited = once(child, "exit");
  let errorText = "";
  child.stderr.on(
    "data",
    (bytes: Buffer) => (errorText = (errorText + bytes.toString()).slice(-4000)),
  );
  const close = async (): Promise<void> => {
    child.stdin.end();
    await exited;
    rmSync(folder, { recursive: true, force: true });
  };
  for await (const line of createInterface(child.stdout))
    if (line === "ready") return { address: `http://127.0.0.1:${ports[0]}`, close };
  await close();
  throw new Error(`the Ray cluster did not start: ${errorText}`);
}

async function freePorts(count: number): Promise<number[]> {
  const servers = Array.from({ length: count }, () => createServer().listen(0, "127.0.0.1"));
  await Promise.all(servers.map((server) => once(server, "listening")));
  const ports = servers.map((server) => {
    const address = server.address();
    return typeof address === "object" && address !== null ? address.port : 0;
  });
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}
