import { readdir, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { WorldError } from "../../../foundation/errors/user-error.ts";
import type { LaunchTargetOf } from "../../../schema/run/hosts/launch-target.ts";
import type { RunningJob } from "./job-step.ts";
import { phaseOf, type SlurmJobState } from "../client/job-state.ts";
import type { SlurmClient } from "../client/slurm-client.ts";
import { stepAccess } from "../nodes/slurm-nodes.ts";
import { chosenNodes } from "../nodes/slurm-ranks.ts";
import { nextAttemptPath, scriptSignals } from "../script/slurm-script.ts";

/** A job that Slurm puts back into its queue, or ends, is in between for some seconds. */
const settleMs = 60_000;
const pollMs = 250;
const handOverMs = 30_000;

/** A job that the next attempt can use. */
export interface EarlierAttempt {
  /** It has kept its nodes; it waits in the queue again; or it was submitted for this attempt by a process that has died. */
  kind: "held" | "requeued" | "submitted";
  jobId: string;
}

/** Finds the job of the attempt before, if the next one can use it; ends it otherwise. */
export async function earlierAttempt(parts: {
  client: SlurmClient;
  run: string;
  /** The one that would be submitted. */
  script: string;
  runDirectory: string;
  target: LaunchTargetOf<"slurm">;
}): Promise<EarlierAttempt | undefined> {
  const { client, run, target } = parts;
  const found = await settledJob(client, run);
  if (found === undefined) return undefined;
  const { jobId, state } = found;
  const nodes = state.nodeList === undefined ? [] : await client.hostnames(state.nodeList);
  const isHeld = state.state === "RUNNING" && state.isPreempted !== true;
  if (isHeld && chosenNodes(nodes, target).hosts.length === target.nodes)
    return { kind: "held", jobId };
  if (phaseOf(state) === "waiting" && (await asksTheSame(parts)))
    return { kind: state.restartCount > 0 ? "requeued" : "submitted", jobId };
  await client.cancel(jobId);
  return undefined;
}

async function settledJob(
  client: SlurmClient,
  run: string,
): Promise<{ jobId: string; state: SlurmJobState } | undefined> {
  const untilMs = performance.now() + settleMs;
  for (;;) {
    const jobId = (await client.jobsOf(run)).at(-1);
    if (jobId === undefined) return undefined;
    const state = await client.state(jobId);
    if (phaseOf(state) === "ended") return undefined;
    if (state.state !== "COMPLETING") return { jobId, state };
    if (performance.now() > untilMs) return undefined;
    await sleep(pollMs);
  }
}

/** Whether the job in the queue requests what a new one would. */
async function asksTheSame({
  script,
  runDirectory,
}: {
  script: string;
  runDirectory: string;
}): Promise<boolean> {
  const before = await readFile(join(runDirectory, "slurm.sh"), "utf8").catch(() => "");
  return directivesIn(before) === directivesIn(script);
}

function directivesIn(script: string): string {
  return script
    .split("\n")
    .filter((line) => line.startsWith("#SBATCH "))
    .join("\n");
}

/**
 * Tells the script of a running job to start the next attempt.
 *
 * @param job with the nodes of the attempt
 * @throws WorldError `slurm-not-prepared`
 */
export async function handOver(
  job: RunningJob,
  next: { request: string; batchHost: string | undefined; run: string },
): Promise<void> {
  const { jobId, hosts, home, tools } = job;
  const { request, batchHost = hosts[0] ?? "", run } = next;
  await removeFolders(join(home, ".pitwall/jobs"), run);
  const path = join(home, nextAttemptPath(run));
  const write = ["sh", "-c", 'cat >"$1.new" && mv "$1.new" "$1"', "sh", path];
  const words = stepAccess(batchHost, job).wrap(write);
  const stdin = `${hosts.join(",")}\n${request}\n`;
  const written = await tools.run(words, { stdin, timeoutMs: handOverMs });
  if (written.exitCode !== 0) {
    const message = `the Slurm job ${jobId} could not be given its next attempt`;
    throw new WorldError("slurm-not-prepared", message, {
      saw: written.stderr.trim().slice(-1000),
      hint: "`scontrol show job` says whether its first node answers",
    });
  }
  await tools.run(["scancel", "--batch", `--signal=${scriptSignals.next}`, jobId]);
}

/** What an attempt has left here of nodes that share the home folder; a new agent would append to it. */
async function removeFolders(folder: string, run: string): Promise<void> {
  const names = await readdir(folder, { withFileTypes: true }).catch(() => []);
  const left = names.filter((each) => each.isDirectory() && each.name.startsWith(`${run}.`));
  await Promise.all(left.map(({ name }) => rm(join(folder, name), { recursive: true })));
}
