import { randomBytes } from "node:crypto";
import { basename } from "node:path";
import { UserError } from "../../foundation/errors/user-error.ts";
import type { Finding } from "../../schema/run/findings/finding.ts";
import type { LaunchTargetOf } from "../../schema/run/hosts/launch-target.ts";
import type { LaunchedRank } from "../../schema/run/hosts/rank.ts";
import { storePlaces } from "../agent/frame-spool.ts";
import type { AgentPlace } from "../agent/host-access.ts";
import {
  agentJobSpec,
  withCommands,
  type AgentJobSpec,
  type AgentLease,
  type RankStarter,
} from "../agent/job-spec.ts";
import { runOnHost } from "../agent/run-on-host.ts";
import { setUpCode } from "../code/set-up-code.ts";
import { collectCode, homesOf, remoteFolder, sendCode } from "../code/sync-code.ts";
import type { LaunchOptions } from "../launcher.ts";
import { ranksOfHosts } from "../ranks-of-hosts.ts";
import { doubtHosts } from "./doubt-hosts.ts";
import { lastLines } from "./explain-ssh.ts";
import { jobFolder } from "./job-folder.ts";
import { hostError, type OpenHost, type SshHosts } from "./ssh-hosts.ts";

const startMs = 60_000;

type SshJobTarget = Pick<
  LaunchTargetOf<"ssh">,
  "ranks" | "sync" | "setUp" | "hostTimeoutMs" | "leaseMs" | "launchRate"
>;

/** A job whose agents run on its hosts. */
export interface StartedAgents {
  places: readonly AgentPlace[];
  ranks: readonly LaunchedRank[];
  launchedMs: number;
  findings: readonly Finding[];
  lostAfterMs: number | undefined;
  /** Keeps what arrives, for a process that attaches later. */
  spoolDirectory: string;
}

/**
 * Sends the code to hosts and starts an agent on each.
 *
 * @throws UserError, WorldError what `SshHosts.open` throws; `set-up-failed`, `no-gpu`, `agent-failed`
 */
export async function startOnHosts(
  command: readonly string[],
  parts: {
    target: SshJobTarget;
    options: LaunchOptions;
    hosts: SshHosts;
    starter: RankStarter;
    nowMs: () => number;
  },
): Promise<StartedAgents> {
  const { target, options, hosts, starter, nowMs } = parts;
  const { interrupt } = options;
  const opened = await hosts.open();
  interrupt?.throwIfAborted();
  const [folders, findings] = await Promise.all([
    sendTo(opened, { target, options, hosts }),
    doubtHosts(opened, command, nowMs),
  ]);
  interrupt?.throwIfAborted();
  const placed = opened.map((each, index) => ({ ...each, folder: folders[index] ?? "" }));
  await setUpCode(target.setUp, placed, interrupt);
  return startAgents({ target, command, options, opened, folders, findings, starter, nowMs });
}

/** Where the other hosts reach it. */
function addressOf(opened: OpenHost | undefined): string {
  return opened?.host.address ?? opened?.facts.reachedAt ?? "127.0.0.1";
}

/** Sends the code to all hosts at the same time; the program's folder on each. */
async function sendTo(
  opened: readonly OpenHost[],
  parts: { target: SshJobTarget; options: LaunchOptions; hosts: SshHosts },
): Promise<string[]> {
  const { target, options, hosts } = parts;
  const code = await collectCode(options.cwd, target.sync ?? [], hosts.packageRoot);
  await Promise.all(
    homesOf(opened).map(async ({ host, access, facts }) => {
      const remote = { shell: await hosts.sshCommand(host), destination: host.destination };
      await sendCode(code, { access, facts, remote }, options.interrupt);
    }),
  );
  return opened.map(({ facts }) => remoteFolder(code, facts));
}

interface Start {
  target: SshJobTarget;
  command: readonly string[];
  options: LaunchOptions;
  opened: readonly OpenHost[];
  folders: readonly string[];
  findings: readonly Finding[];
  starter: RankStarter;
  nowMs: () => number;
}

async function startAgents(parts: Start): Promise<StartedAgents> {
  const { target, options, opened, findings, nowMs } = parts;
  const run = basename(options.runDirectory);
  const counts = opened.map((each) => rankCountOf(target, each));
  const [first] = opened;
  const rendezvous = {
    address: addressOf(first),
    port: await freePortOf(first),
    ...(target.ranks.rendezvous === "c10d" ? { c10d: { id: run } } : {}),
  };
  const launchedMs = nowMs();
  const places: AgentPlace[] = opened.map(({ access, agent, facts, host }) => {
    return { access, agent, folder: jobFolder(facts, run, host.name) };
  });
  const specs = specsOf(parts, { counts, places, rendezvous });
  const started = await Promise.allSettled(
    opened.map((each, index) =>
      startAgent(each, places[index]?.folder ?? "", JSON.stringify(specs[index])),
    ),
  );
  const failed = started.find((each) => each.status === "rejected");
  if (failed !== undefined) {
    await endAgents(places);
    throw failed.reason;
  }
  const ranks = withCommands(
    ranksOfHosts(
      opened.map(({ host }, index) => ({ host: host.name, rankCount: counts[index] ?? 0 })),
    ),
    specs,
  );
  await storePlaces(options.runDirectory, places);
  const spoolDirectory = options.runDirectory;
  const lostAfterMs = target.hostTimeoutMs;
  return { places, ranks, launchedMs, findings, lostAfterMs, spoolDirectory };
}

/** A port of the first host that is free now; it answered with one before the code and the data were sent. */
async function freePortOf(first: OpenHost | undefined): Promise<number> {
  if (first === undefined) return 0;
  const { access, agent, facts } = first;
  const words = [...agent, "port", String(facts.freePort)];
  const outcome = await runOnHost(access, words, { timeoutMs: startMs });
  const port = outcome.kind === "ended" ? Number(outcome.stdout.trim().split("\n").at(-1)) : 0;
  return Number.isInteger(port) && port > 0 ? port : facts.freePort;
}

/** Ends the agents of a job that could not be started as a whole. */
export async function endAgents(places: readonly AgentPlace[]): Promise<void> {
  await Promise.all(places.map((place) => endAgent(place)));
}

/** What the agent of each host is to start. */
function specsOf(
  { target, command, options, opened, folders, starter }: Start,
  planned: {
    counts: readonly number[];
    places: readonly AgentPlace[];
    rendezvous: Parameters<typeof agentJobSpec>[0]["rendezvous"];
  },
): AgentJobSpec[] {
  const { counts, places, rendezvous } = planned;
  const run = basename(options.runDirectory);
  const leases = leasesOf(target, opened);
  return opened.map((each, index) => ({
    ...leases?.[index],
    ...agentJobSpec(
      {
        name: basename(places[index]?.folder ?? ""),
        command,
        cwd: folders[index] ?? "",
        env: { ...options.programEnv, ...options.hostEnv?.get(each.host.name) },
        runDirectory: `${each.facts.home}/.pitwall/runs/${run}`,
        seed: options.seed,
        ranksOfHosts: counts,
        starter,
        rendezvous,
        launchRate: target.launchRate,
        tether: false,
        lingerMs: options.lingerMs,
      },
      index,
    ),
  }));
}

/** A job of one host has no other agent that could say whether it goes on. */
function leasesOf(
  { leaseMs }: SshJobTarget,
  opened: readonly OpenHost[],
): { lease: AgentLease }[] | undefined {
  if (leaseMs === undefined || opened.length < 2) return undefined;
  const token = randomBytes(16).toString("hex");
  const agents = opened.map(({ host, facts }) => ({
    host: host.name,
    address: host.address ?? facts.reachedAt ?? "127.0.0.1",
    port: facts.leasePort ?? 0,
  }));
  return agents.map(({ port }, index) => {
    // The next ones first, so that not all ask the same host.
    const peers = [...agents.slice(index + 1), ...agents.slice(0, index)];
    return { lease: { seconds: leaseMs / 1000, token, port, peers } };
  });
}

/** @throws UserError `no-gpu` */
export function rankCountOf({ ranks }: SshJobTarget, { host, facts }: OpenHost): number {
  if (host.ranks !== undefined) return host.ranks;
  if (ranks.perHost !== "gpu") return ranks.perHost;
  if (facts.gpus.length > 0) return facts.gpus.length;
  throw new UserError("no-gpu", `host \`${host.name}\` has no GPU`, {
    at: "--nproc gpu",
    hint: "give a number of ranks: `--nproc 2`",
  });
}

async function startAgent(each: OpenHost, folder: string, spec: string): Promise<void> {
  const { access, agent, host } = each;
  const outcome = await runOnHost(access, [...agent, "start", folder], {
    stdin: spec,
    timeoutMs: startMs,
  });
  if (outcome.kind === "ended" && outcome.exitCode === 0) return;
  const said = outcome.kind === "ended" ? outcome.stderr || outcome.stdout : outcome.kind;
  throw hostError(host, "agent-failed", "the job did not start", {
    saw: lastLines(said, 5),
    hint: "`pitwall hosts check` looks at the hosts before a launch",
  });
}

async function endAgent({ access, agent, folder }: AgentPlace): Promise<void> {
  await runOnHost(access, [...agent, "stop", folder, "0"], { timeoutMs: startMs });
}
