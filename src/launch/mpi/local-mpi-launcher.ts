import { readFile, rm, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { z } from "zod";
import { agentStart } from "../agent/agent-program.ts";
import { AgentJob } from "../agent/agent-job.ts";
import type { AgentPlace } from "../agent/host-access.ts";
import { statusOfJob } from "../agent/reached-job.ts";
import { localPlace, planLocalRanks, type LocalRanks } from "../agent/start-local-agent.ts";
import type { LaunchMeans } from "../launch-target-row.ts";
import type { AttachOutcome, LaunchedBefore, Launcher, LaunchOptions } from "../launcher.ts";
import { runCommand } from "../run-command.ts";
import { lastLines } from "../ssh/explain-ssh.ts";
import type { MpiTarget } from "./mpi-hosts-target.ts";
import { findMpi } from "./mpi-tool.ts";
import { mpirunEnvironment, mpirunScript, mpirunWords } from "./mpirun-words.ts";

const startMs = 60_000;
const stopMs = 30_000;
const graceMs = 5000;
const guard = { kind: "outlives" } as const;

/** Starts ranks through mpirun on this machine. A job continues if this process ends. */
export function localMpiLauncher(
  target: MpiTarget,
  means: LaunchMeans,
): Launcher & Pick<Required<Launcher>, "attach" | "preview"> {
  const { agentFile, nowMs } = means;
  return {
    async launch(command, options) {
      const { tool, words, env } = await mpirunOf(target, options);
      const script = mpirunScript(tool, [...words, ...command], env);
      await writeFile(join(options.runDirectory, "mpirun.sh"), script, { mode: 0o600 });
      const name = jobName(options.runDirectory);
      const plan = { perHost: target.ranks.perHost, starter: { words, env } };
      const where = { plan, name, agentFile, tether: false };
      const planned = await planLocalRanks(command, options, where);
      if (planned.kind !== "planned") return planned;
      const place = placeOf(options.runDirectory, planned.agent, means);
      const launchedMs = nowMs();
      const fault = await startAgent(planned, place, options);
      if (fault !== undefined) {
        await rm(place.folder, { recursive: true, force: true });
        return { kind: "start-failed", reason: fault };
      }
      const { ranks } = planned;
      const parts = { ranks, launchedMs, guard, nowMs, tickMs: options.tickMs ?? 0 };
      const agentPid = await agentPidOf(place);
      return { kind: "launched", job: new AgentJob({ ...parts, places: [place], agentPid }) };
    },
    attach: (job) => attachHere(job, means),
    preview: async (command, options) => {
      const { tool, words, env } = await mpirunOf(target, options);
      const agent = [...agentStart("python3"), agentFile, "mpi", "-", "--"];
      return mpirunScript(tool, [...words, ...agent, ...command], env);
    },
  };
}

/** Ends a job of this machine whose Pitwall process has died. */
export async function endLocalMpiJob(
  { runDirectory }: { runDirectory: string },
  means: LaunchMeans,
): Promise<{ endedCount: number }> {
  const { access, agent, folder } = placeOf(
    runDirectory,
    [...agentStart("python3"), means.agentFile],
    means,
  );
  const words = [...agent, "stop", folder, String(graceMs)];
  const outcome = await runCommand(words, { timeoutMs: stopMs, env: access.env });
  const [, count = "0"] =
    outcome.kind === "ended" ? (/"endedCount": (\d+)/u.exec(outcome.stdout) ?? []) : [];
  return { endedCount: Number(count) };
}

async function mpirunOf(target: MpiTarget, options: LaunchOptions) {
  const { perHost } = target.ranks;
  const rankCount = perHost === "gpu" ? (options.gpusPerHost ?? 0) : perHost;
  const tool = await findMpi(options.env, options.cwd);
  const hosts = [{ name: "localhost", rankCount }];
  const words = mpirunWords({ tool, hosts, more: target.mpirun ?? [] });
  return { tool, words, env: mpirunEnvironment(tool, process.getuid?.()) };
}

function jobName(runDirectory: string): string {
  return `${basename(runDirectory)}.here`;
}

function placeOf(
  runDirectory: string,
  agent: LocalRanks["agent"],
  { env }: LaunchMeans,
): AgentPlace {
  const folder = join(env["HOME"] ?? "/", ".pitwall/jobs", jobName(runDirectory));
  return localPlace({ agent, folder, env });
}

/** Why the agent did not start, or undefined. */
async function startAgent(
  { spec }: LocalRanks,
  { agent, folder }: AgentPlace,
  { env }: LaunchOptions,
): Promise<string | undefined> {
  const outcome = await runCommand([...agent, "start", folder], {
    stdin: JSON.stringify(spec),
    timeoutMs: startMs,
    env,
  });
  if (outcome.kind === "ended" && outcome.exitCode === 0) return undefined;
  return outcome.kind === "ended" ? lastLines(outcome.stderr || outcome.stdout) : outcome.kind;
}

async function attachHere(
  { runDirectory, ranks, launchedMs, tickMs = 0 }: LaunchedBefore,
  means: LaunchMeans,
): Promise<AttachOutcome> {
  const place = placeOf(runDirectory, [...agentStart("python3"), means.agentFile], means);
  const status = await statusOfJob(place);
  if (status?.isKnown !== true) return { kind: "unknown-job", hosts: [place.access.host] };
  const { hasEnded, processCount } = status;
  const parts = { places: [place], ranks, launchedMs, guard, nowMs: means.nowMs, tickMs };
  const agentPid = hasEnded ? undefined : await agentPidOf(place);
  const job = new AgentJob({ ...parts, isAttached: true, agentPid });
  return { kind: "attached", job, hasEnded, processCount };
}

/** The process from which those of the job descend. */
async function agentPidOf({ folder }: AgentPlace): Promise<number | undefined> {
  try {
    const state: unknown = JSON.parse(await readFile(join(folder, "agent.json"), "utf8"));
    return z.object({ pid: z.number() }).safeParse(state).data?.pid;
  } catch {
    // The agent has not started, and the job is over.
    return undefined;
  }
}
