import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { UserError } from "../../foundation/errors/user-error.ts";
import { checkSlurmNode, type SlurmTestPlace } from "../../launch/slurm/nodes/check-slurm-node.ts";
import { SlurmTools } from "../../launch/slurm/client/slurm-tools.ts";
import type { HostFinding } from "../../schema/run/hosts/host-check.ts";
import { judgeHosts } from "../../score/hosts/judge-hosts.ts";
import { packageRoot } from "../../store/catalogue/package-root.ts";
import type { HostsCheck } from "./check-hosts.ts";

/**
 * The self-test of one node of Slurm, in a small job of its own. A node that cannot be tested does not pass.
 *
 * @param test `submits`: default: yes; without it, as in a dry run, no node passes. `place`: the partition, account and generic resources of the job
 */
export async function checkNode(
  node: string,
  {
    place,
    python,
    env,
    submits = true,
  }: {
    place: SlurmTestPlace;
    python: string;
    env: Readonly<Record<string, string | undefined>>;
    submits?: boolean;
  },
): Promise<HostsCheck> {
  const script = await readFile(join(packageRoot, "agent", "host_check.py"), "utf8");
  const untested = { links: [], rings: [], reaped: [] };
  if (!submits) {
    const error = new UserError("node-not-tested", "a dry run tests no node");
    return { ...untested, hosts: [], findings: [notTested(node, error)] };
  }
  try {
    const host = await checkSlurmNode(node, { tools: new SlurmTools(env), place, script, python });
    return { ...untested, hosts: [host], findings: judgeHosts([host], []) };
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    return { ...untested, hosts: [], findings: [notTested(node, error)] };
  }
}

function notTested(node: string, { code, message, saw, hint }: UserError): HostFinding {
  return {
    code,
    weight: "breaks",
    hosts: [node],
    message: saw === undefined ? message : `${message}: ${saw.split("\n").at(-1) ?? ""}`,
    hint: hint ?? "`sinfo` shows the state of the nodes",
  };
}
