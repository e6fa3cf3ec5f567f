import { agentStart } from "./agent-program.ts";
import { shellWord } from "../../foundation/text/shell-word.ts";
import type { LaunchedRank } from "../../schema/run/hosts/rank.ts";
import { flightRecorderVariables, rankEnvironment } from "../rank-environment.ts";

/**
 * What starts the ranks of a host, with the same variables: torchrun, the agent itself, mpirun on the same machine, or a
 * launcher that reaches the host in its own way (`elsewhere`).
 */
export type RankStarter = "torchrun" | "direct" | "elsewhere" | Mpirun;

/** mpirun, whose words are followed by the program that it starts once per rank. */
interface Mpirun {
  words: readonly string[];
  env: Readonly<Record<string, string>>;
}

/** The request of an agent: JSON that `agent/pitwall_agent.py` reads. */
export interface AgentJobSpec {
  name: string;
  cwd: string;
  env: Readonly<Record<string, string>>;
  starters: readonly {
    command: readonly string[];
    env: Readonly<Record<string, string>>;
    ranks: readonly number[];
    /** Whether the command is the rank itself; otherwise it starts `rank -- …` once per rank. */
    isRank: boolean;
    /** Whether the agent waits for the rank instead of starting it. */
    isAwaited?: boolean;
    /** Whether it is mpirun, which ends after its ranks. */
    isMpirun?: boolean;
  }[];
  /** Whether the job ends when the agent's standard input does. */
  tether: boolean;
  lingerMs?: number;
  /** The ranks are started this much later than the agent. */
  startAfterMs?: number;
  lease?: AgentLease;
}

/** How the agent of a host that was cut off finds out that its job has ended without it. */
export interface AgentLease {
  seconds: number;
  /** Known to the agents of the job. */
  token: string;
  /** Where this agent answers the others. */
  port: number;
  peers: readonly { host: string; address: string; port: number }[];
}

interface JobRequest {
  name: string;
  /** The number of ranks of each host, in order. */
  ranksOfHosts: readonly number[];
  command: readonly string[];
  cwd: string;
  /** The variables to add to the environment of the host. */
  env: Readonly<Record<string, string | undefined>>;
  /** `PITWALL_RUN_DIR` on the hosts. */
  runDirectory: string;
  seed: number;
  starter: RankStarter;
  /** Where rank 0 listens. */
  rendezvous: {
    address: string;
    port: number | string;
    /** That of torchrun with this id, in which it numbers the hosts itself. */
    c10d?: { id: string } | undefined;
  };
  /** At most this many hosts start in each second. */
  launchRate?: number | undefined;
  tether: boolean;
  lingerMs?: number | undefined;
}

/** The request of the agent of one host, of `hostIndex` from 0. Ranks are numbered host after host. */
export function agentJobSpec(request: JobRequest, hostIndex: number): AgentJobSpec {
  const firstRank = sum(request.ranksOfHosts.slice(0, hostIndex));
  return specAt(request, {
    rankCount: request.ranksOfHosts[hostIndex] ?? 0,
    hostIndex: String(hostIndex),
    ...c10dPlace(hostIndex, request.rendezvous.address),
    firstRank,
    rank: (localRank) => String(firstRank + localRank),
    startAfterMs: startAfterMs(request, hostIndex),
  });
}

function startAfterMs({ launchRate }: Pick<JobRequest, "launchRate">, hostIndex: number): number {
  return launchRate === undefined ? 0 : Math.round((hostIndex * 1000) / launchRate);
}

/**
 * The request of all agents of a Slurm job, whose nodes are not known before it starts. `agent/pitwall_agent.py` replaces the
 * placeholders on each node.
 */
export function agentJobTemplate(
  request: Omit<JobRequest, "ranksOfHosts" | "rendezvous" | "tether" | "runDirectory">,
  {
    nodeCount,
    ranksPerNode,
    run,
    isC10d = false,
  }: { nodeCount: number; ranksPerNode: number; run: string; isC10d?: boolean },
): AgentJobSpec & { ranksPerNode: number; launchRate?: number } {
  const complete = {
    ...request,
    tether: false,
    runDirectory: `{pitwall:home}/.pitwall/runs/${run}`,
    ranksOfHosts: Array.from({ length: nodeCount }, () => ranksPerNode),
    rendezvous: {
      address: "{pitwall:masterAddress}",
      port: "{pitwall:masterPort}",
      ...(isC10d ? { c10d: { id: run } } : {}),
    },
  };
  const place = {
    rankCount: ranksPerNode,
    hostIndex: "{pitwall:nodeIndex}",
    isFirst: "{pitwall:isFirst}",
    localAddress: "{pitwall:localAddress}",
    firstRank: 0,
    rank: () => "{pitwall:rank}",
    startAfterMs: 0,
  };
  const { launchRate } = request;
  return {
    ...specAt(complete, place),
    ranksPerNode,
    ...(launchRate === undefined ? {} : { launchRate }),
  };
}

/** What the nodes of a Slurm job fill into its template. */
export interface FilledPlaces {
  nodeCount: number;
  masterAddress: string;
  masterPort: string;
  home: string;
}

/** The requests of all nodes as their agents read them, in the order of the ranks. */
export function placedJobs(
  template: ReturnType<typeof agentJobTemplate>,
  { nodeCount, ...filled }: FilledPlaces,
): AgentJobSpec[] {
  return Array.from({ length: nodeCount }, (_, nodeIndex) => {
    const { isFirst, localAddress } = c10dPlace(nodeIndex, filled.masterAddress);
    const fill = (text: string, rank: number): string =>
      text
        .replaceAll("{pitwall:isFirst}", isFirst)
        .replaceAll("{pitwall:localAddress}", localAddress)
        .replaceAll("{pitwall:nodeIndex}", String(nodeIndex))
        .replaceAll("{pitwall:masterAddress}", filled.masterAddress)
        .replaceAll("{pitwall:masterPort}", filled.masterPort)
        .replaceAll("{pitwall:home}", filled.home)
        .replaceAll("{pitwall:rank}", String(rank));
    const fillAll = (env: AgentJobSpec["env"], rank: number): AgentJobSpec["env"] =>
      Object.fromEntries(Object.entries(env).map(([name, text]) => [name, fill(text, rank)]));
    const firstRank = nodeIndex * template.ranksPerNode;
    return {
      ...template,
      env: fillAll(template.env, firstRank),
      starters: template.starters.map(({ command, env, ranks, isRank }) => {
        const placed = ranks.map((rank) => firstRank + rank);
        const [rank = 0] = placed;
        const words = command.map((word) => fill(word, rank));
        return { command: words, env: fillAll(env, rank), ranks: placed, isRank };
      }),
    };
  });
}

/** The place of a host in its job; texts may be placeholders. */
interface HostPlace {
  rankCount: number;
  hostIndex: string;
  /** `1` for the host that the others connect to, otherwise `0`. */
  isFirst: string;
  localAddress: string;
  firstRank: number;
  rank: (localRank: number) => string;
  startAfterMs: number;
}

function specAt(request: JobRequest, place: HostPlace): AgentJobSpec {
  const { rankCount, firstRank } = place;
  const ranks = Array.from({ length: rankCount }, (_, index) => firstRank + index);
  return {
    name: request.name,
    cwd: request.cwd,
    env: sharedEnvironment(request, place),
    starters: startersOf(request, place, ranks),
    tether: request.tether,
    ...(request.lingerMs === undefined ? {} : { lingerMs: request.lingerMs }),
    ...(place.startAfterMs === 0 ? {} : { startAfterMs: place.startAfterMs }),
  };
}

function startersOf(
  request: JobRequest,
  place: HostPlace,
  ranks: readonly number[],
): AgentJobSpec["starters"] {
  const { starter, command, ranksOfHosts } = request;
  if (starter === "torchrun")
    return [{ command: torchrun(request, place), env: {}, ranks, isRank: false }];
  if (typeof starter === "object") {
    const words = [
      ...starter.words,
      ...agentStart("{agentPython}"),
      "{agent}",
      "mpi",
      "-",
      "--",
      ...command,
    ];
    return [{ command: words, env: starter.env, ranks, isRank: false, isMpirun: true }];
  }
  return ranks.map((rank, localRank) => ({
    command,
    env: rankVariables(place, { localRank, hostCount: ranksOfHosts.length }),
    ranks: [rank],
    isRank: true,
    ...(starter === "elsewhere" ? { isAwaited: true } : {}),
  }));
}

function sharedEnvironment(
  request: JobRequest,
  { rankCount, firstRank }: HostPlace,
): Record<string, string> {
  const worldSize = sum(request.ranksOfHosts);
  const job = rankEnvironment(request.env, request, { rank: firstRank, localRank: 0, worldSize });
  return {
    ...flightRecorderVariables(job, request),
    ...job,
    MASTER_ADDR: request.rendezvous.address,
    MASTER_PORT: String(request.rendezvous.port),
    WORLD_SIZE: String(worldSize),
    LOCAL_WORLD_SIZE: String(rankCount),
    // As torchrun does: ranks that each use every core would slow each other down.
    ...(rankCount > 1 && job["OMP_NUM_THREADS"] === undefined ? { OMP_NUM_THREADS: "1" } : {}),
  };
}

/** Adds to each rank the command that starts it. */
export function withCommands(
  ranks: readonly LaunchedRank[],
  specs: readonly AgentJobSpec[],
): LaunchedRank[] {
  const lines = new Map(specs.flatMap((spec) => [...rankLines(spec)]));
  return ranks.map((rank) => {
    const command = lines.get(rank.rank);
    return command === undefined ? rank : Object.assign({}, rank, { command });
  });
}

/** The command that starts each rank of a host, as a line to paste into a shell there. */
function rankLines({ cwd, env, starters }: AgentJobSpec): Map<number, string> {
  const lines = new Map<number, string>();
  for (const starter of starters) {
    const set = Object.entries({ ...env, ...starter.env }).map(
      ([name, value]) => `${name}=${shellWord(value)}`,
    );
    const command = starter.isRank ? starter.command : withoutAgent(starter.command);
    const words = ["cd", shellWord(cwd), "&&", "env", ...set, ...command.map(shellWord)];
    for (const rank of starter.ranks) lines.set(rank, words.join(" "));
  }
  return lines;
}

/** A launcher's command without the part that hands the output of the ranks to the agent. */
function withoutAgent(command: readonly string[]): string[] {
  const at = command.indexOf("{agentPython}");
  if (at < 0) return [...command];
  return [...command.slice(0, at), ...command.slice(command.indexOf("--", at) + 1)];
}

function sum(counts: readonly number[]): number {
  return counts.reduce((total, count) => total + count, 0);
}

/** The variables of one rank, in the names of torchrun. */
function rankVariables(
  { rank, hostIndex }: HostPlace,
  { localRank, hostCount }: { localRank: number; hostCount: number },
): Record<string, string> {
  return {
    RANK: rank(localRank),
    LOCAL_RANK: String(localRank),
    GROUP_RANK: hostIndex,
    GROUP_WORLD_SIZE: String(hostCount),
    PITWALL_RANK: rank(localRank),
    PITWALL_LOCAL_RANK: String(localRank),
  };
}

/** `torchrun` as a module, so that it is the one of the program's own Python. */
function torchrun(request: JobRequest, place: HostPlace): string[] {
  const { ranksOfHosts, rendezvous, command } = request;
  return [
    pythonOf(command) ?? "python3",
    "-m",
    "torch.distributed.run",
    `--nnodes=${ranksOfHosts.length}`,
    `--nproc-per-node=${place.rankCount}`,
    ...rendezvousOptions(rendezvous, place),
    "--no-python",
    ...agentStart("{agentPython}"),
    "{agent}",
    "rank",
    "--",
    ...command,
  ];
}

function rendezvousOptions(
  { address, port, c10d }: JobRequest["rendezvous"],
  { hostIndex, isFirst, localAddress }: HostPlace,
): string[] {
  if (c10d === undefined)
    return [`--node-rank=${hostIndex}`, `--master-addr=${address}`, `--master-port=${port}`];
  return [
    "--rdzv-backend=c10d",
    `--rdzv-id=${c10d.id}`,
    `--rdzv-endpoint=${address}:${port}`,
    `--rdzv-conf=is_host=${isFirst}`,
    `--local-addr=${localAddress}`,
  ];
}

/**
 * torchrun numbers the hosts in the order of `--local-addr` as a text, and connects only to that of rank 0. So the other hosts give a text that
 * sorts after each address and in their own order: hosts keep their numbers, and may even have the same address.
 */
function c10dPlace(
  hostIndex: number,
  address: string,
): Pick<HostPlace, "isFirst" | "localAddress"> {
  if (hostIndex === 0) return { isFirst: "1", localAddress: address };
  return { isFirst: "0", localAddress: `~host-${String(hostIndex).padStart(5, "0")}` };
}

/** The Python interpreter that a command starts; undefined for other programs. */
export function pythonOf([program = ""]: readonly string[]): string | undefined {
  return /(?:^|\/)python[\d.]*$/u.test(program) ? program : undefined;
}
