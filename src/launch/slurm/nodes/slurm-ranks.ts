import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { LaunchTargetOf } from "../../../schema/run/hosts/launch-target.ts";
import type { LaunchedRank } from "../../../schema/run/hosts/rank.ts";
import { placedJobs, type agentJobTemplate, withCommands } from "../../agent/job-spec.ts";
import { runOnHost } from "../../agent/run-on-host.ts";
import { ranksOfHosts } from "../../ranks-of-hosts.ts";
import type { Prepared } from "./prepare-nodes.ts";
import type { SlurmPlace } from "./slurm-nodes.ts";

const readMs = 20_000;

/** What the agent of a node has filled in. */
const placedJob = z.object({
  env: z.object({ MASTER_ADDR: z.string(), MASTER_PORT: z.string() }),
  scriptStartMs: z.number().optional(),
});

/**
 * The ranks of a job with the commands that start them, and the start of its script by the clock of a node. Where a node chose what it needs is known only there: it is read from one node;
 * if that fails, there are no commands.
 *
 * @param hosts in the order of the ranks
 */
export async function ranksOfNodes(
  hosts: readonly string[],
  parts: {
    template: ReturnType<typeof agentJobTemplate>;
    place: SlurmPlace | undefined;
    home: string;
    /** What the nodes were told when they had been prepared. */
    prepared?: Pick<Prepared, "releases"> | undefined;
  },
): Promise<{ ranks: LaunchedRank[]; scriptMs?: number | undefined }> {
  const { template, place, home, prepared } = parts;
  const rankCount = template.ranksPerNode;
  const ranks = ranksOfHosts(hosts.map((host) => ({ host, rankCount })));
  const job = place === undefined ? undefined : await readPlaced(place);
  if (job === undefined) return { ranks };
  const { MASTER_ADDR: masterAddress, MASTER_PORT: masterPort } = job.env;
  const filled = { nodeCount: hosts.length, masterAddress, masterPort, home };
  const scriptMs = job.scriptStartMs;
  const specs = placedJobs(template, filled).map((spec, index) => {
    const released = prepared?.releases[hosts[index] ?? ""];
    const env = Object.assign({}, spec.env, released?.env);
    return Object.assign({}, spec, { cwd: released?.cwd ?? spec.cwd, env });
  });
  return { ranks: withCommands(ranks, specs), scriptMs };
}

async function readPlaced({
  access,
  folder,
  isShared,
}: SlurmPlace): Promise<z.output<typeof placedJob> | undefined> {
  const path = join(folder, "job.json");
  try {
    return placedJob.parse(JSON.parse(isShared ? await readFile(path, "utf8") : await readThere()));
  } catch {
    // The job has ended and its folder is gone: the record has the script, which shows the commands.
    return undefined;
  }

  async function readThere(): Promise<string> {
    const outcome = await runOnHost(access, ["cat", path], { timeoutMs: readMs });
    return outcome.kind === "ended" ? outcome.stdout : "";
  }
}

/** The nodes of a job on which its ranks run, and its spares. Excluded ones can be nodes of a job that runs on after they were lost. */
export function chosenNodes(
  nodes: readonly string[],
  target: Pick<LaunchTargetOf<"slurm">, "nodes" | "sbatch">,
): { hosts: string[]; spareHosts: string[] } {
  const excluded = new Set((target.sbatch ?? []).flatMap(excludedIn));
  const left = nodes.filter((node) => !excluded.has(node));
  return { hosts: left.slice(0, target.nodes), spareHosts: left.slice(target.nodes) };
}

/** The names of `--exclude=node1,node2`; those of the user may be in Slurm's notation, and are not nodes of the job. */
function excludedIn(option: string): string[] {
  const names = /^(?:-x\s*|--exclude[= ])(.+)$/u.exec(option)?.[1];
  return names?.split(",") ?? [];
}
