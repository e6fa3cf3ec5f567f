import { spawn, type ChildProcess } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { basename, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { launchingHost } from "../../schema/run/hosts/launching-host.ts";
import type { RankPlan } from "../../schema/run/hosts/launch-target.ts";
import { findProgram } from "../local/find-program.ts";
import type { LaunchedRank } from "../../schema/run/hosts/rank.ts";
import type { Launcher, LaunchOptions, LaunchOutcome } from "../launcher.ts";
import { dumpVariable } from "../rank-environment.ts";
import { ranksOfHosts } from "../ranks-of-hosts.ts";
import { agentStart } from "./agent-program.ts";
import { AgentJob } from "./agent-job.ts";
import type { AgentPlace } from "./host-access.ts";
import {
  agentJobSpec,
  pythonOf,
  withCommands,
  type AgentJobSpec,
  type RankStarter,
} from "./job-spec.ts";

const agentStartMs = 20_000;
const lookEveryMs = 5;
const address = "127.0.0.1";

/** Ranks of this machine, and what starts them. */
interface LocalPlan extends Pick<RankPlan, "perHost" | "rendezvous"> {
  starter: RankStarter;
}

export type RefusedLaunch = Exclude<LaunchOutcome, { kind: "launched" | "queued" }>;

/** What an agent of this machine is to start. */
export interface LocalRanks {
  spec: AgentJobSpec;
  /** With the command of each. */
  ranks: readonly LaunchedRank[];
  agent: readonly string[];
}

/**
 * Starts several ranks on this machine, through an agent that ends them if this process ends.
 *
 * @param agentFile the path of `pitwall_agent.py`
 */
export function localAgentLauncher(
  plan: LocalPlan,
  { agentFile, nowMs }: { agentFile: string; nowMs: () => number },
): Launcher {
  return {
    async launch(command, options) {
      const folder = await mkdtemp(join(tmpdir(), "pitwall-job-"));
      const where = { name: basename(folder), agentFile, tether: true };
      const planned = await planLocalRanks(command, options, { plan, ...where });
      const outcome =
        planned.kind === "planned" ? await start(planned, { folder, options, nowMs }) : planned;
      if (outcome.kind !== "launched") await rm(folder, { recursive: true, force: true });
      return outcome;
    },
  };
}

/** The ranks that a command starts on this machine, or why it cannot be started. */
export async function planLocalRanks(
  command: readonly string[],
  options: LaunchOptions,
  parts: { plan: LocalPlan; name: string; agentFile: string; tether: boolean },
): Promise<({ kind: "planned" } & LocalRanks) | RefusedLaunch> {
  const { plan, name, agentFile, tether } = parts;
  const python = pythonOf(command) ?? "python3";
  for (const program of [command[0] ?? "", python]) {
    const found = await findProgram(program, { cwd: options.cwd, path: options.env["PATH"] });
    if (found.kind !== "found") return found;
  }
  const rankCount = plan.perHost === "gpu" ? (options.gpusPerHost ?? 0) : plan.perHost;
  if (rankCount === 0) return { kind: "start-failed", reason: "this host has no GPU" };
  const spec = agentJobSpec(
    {
      ...options,
      name,
      command,
      env: variablesOf(options),
      ranksOfHosts: [rankCount],
      starter: plan.starter,
      rendezvous: {
        address,
        port: await freePort(),
        ...(plan.rendezvous === "c10d" ? { c10d: { id: name } } : {}),
      },
      tether,
    },
    0,
  );
  const ranks = withCommands(ranksOfHosts([{ host: launchingHost, rankCount }]), [spec]);
  return { kind: "planned", spec, ranks, agent: [...agentStart(python), agentFile] };
}

/**
 * The variables that are set for the program. The others reach it through the environment of the agent: the record holds the command of
 * each rank, and must not hold what a user has in the environment.
 */
function variablesOf({ env, programEnv, hostEnv }: LaunchOptions): Record<string, string> {
  const decisive = [
    "OMP_NUM_THREADS",
    "PYTHONUNBUFFERED",
    "PITWALL_FLIGHT_RECORDER",
    dumpVariable,
  ].flatMap((name) => {
    const value = env[name];
    return value === undefined ? [] : [[name, value] as const];
  });
  return { ...Object.fromEntries(decisive), ...programEnv, ...hostEnv?.get(launchingHost) };
}

async function start(
  { spec, ranks, agent }: LocalRanks,
  { folder, options, nowMs }: { folder: string; options: LaunchOptions; nowMs: () => number },
): Promise<LaunchOutcome> {
  await writeFile(join(folder, "job.json"), JSON.stringify(spec), { mode: 0o600 });
  const launchedMs = nowMs();
  const [python = "", ...words] = agent;
  const child = spawn(python, [...words, "run", folder], {
    cwd: options.cwd,
    env: options.env,
    // Its own session, so that Ctrl-C reaches only Pitwall, which then stops the job.
    detached: true,
    stdio: ["pipe", "ignore", "pipe"],
  });
  const fault = await agentFault(child, folder);
  if (fault !== undefined) return { kind: "start-failed", reason: fault };
  const { tickMs = 0 } = options;
  const places = [localPlace({ agent, folder, env: options.env })];
  const guard = { kind: "watched" } as const;
  return {
    kind: "launched",
    job: new AgentJob({ places, ranks, launchedMs, guard, nowMs, tickMs, agentPid: child.pid }),
  };
}

/** An agent of this machine. */
export function localPlace({
  agent,
  folder,
  env,
}: Pick<AgentPlace, "agent" | "folder"> & Pick<LaunchOptions, "env">): AgentPlace {
  return { access: { host: launchingHost, wrap: (words) => words, env }, agent, folder };
}

/** Waits until the agent has started its ranks; why it did not, or undefined. */
async function agentFault(child: ChildProcess, folder: string): Promise<string | undefined> {
  let fault: string | undefined;
  let errors = "";
  child.stderr?.on("data", (bytes: Buffer) => (errors = (errors + bytes.toString()).slice(-2000)));
  child.once("error", (error) => (fault = error.message));
  child.once("exit", (code) => {
    fault ??= `the agent ended with exit code ${code ?? "unknown"}: ${errors.trim()}`;
  });
  const untilMs = performance.now() + agentStartMs;
  while (!existsSync(join(folder, "agent.json"))) {
    if (fault !== undefined) return fault;
    if (performance.now() > untilMs) {
      child.kill("SIGKILL");
      return `the agent did not start within ${agentStartMs / 1000} s`;
    }
    await sleep(lookEveryMs);
  }
  return undefined;
}

function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", reject);
    server.listen(0, "127.0.0.1", () => {
      const address = server.address();
      const port = typeof address === "object" && address !== null ? address.port : 0;
      server.close(() => resolve(port));
    });
  });
}
