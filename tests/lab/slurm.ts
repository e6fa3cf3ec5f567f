import { execFile, execFileSync, spawn, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { once } from "node:events";
import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:net";
import { hostname, tmpdir } from "node:os";
import { delimiter, join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";

/** A Slurm cluster of this machine alone, for tests: munge, slurmctld, and one slurmd per node. */
export interface SlurmLab {
  /** What programs need to use the cluster. */
  readonly env: Readonly<Record<string, string>>;
  /** The home folder of jobs, which is also in `env`. */
  readonly home: string;
  /** Runs a command of Slurm and returns what it printed. */
  run(...words: string[]): Promise<string>;
  /** Ends a daemon at once: `slurmctld`, or the slurmd of a node with the processes of its jobs. */
  kill(daemon: string): Promise<void>;
  /** Ends all jobs, and starts the daemons again that were ended: the cluster is as it was at first. */
  clear(): Promise<void>;
  /** Ends all daemons and jobs, and removes the files. */
  close(): Promise<void>;
}

const freeWithinMs = 90_000;

const gpusPerNode = 2;

const neededPrograms = ["slurmctld", "slurmd", "munged", "setpriv", "unshare"];

/** Why no cluster can be started here; undefined if it can. */
export function slurmLabMissing(): string | undefined {
  if (process.getuid?.() !== 0) return "Slurm's daemons need root";
  const folders = `${process.env["PATH"] ?? ""}:/usr/sbin:/sbin`.split(delimiter);
  const missing = neededPrograms.find((name) => !folders.some((folder) => holds(folder, name)));
  return missing === undefined ? undefined : `\`${missing}\` is not installed`;
}

function holds(folder: string, name: string): boolean {
  try {
    return readdirSync(folder).includes(name);
  } catch {
    // Not every folder of PATH exists.
    return false;
  }
}

/**
 * Starts a cluster under a temporary folder. Its nodes `node1`, `node2`… make up the partition `main`; the partition `tiny` is `node1`
 * alone, for at most 10 minutes; jobs of `urgent` cancel those of the others, and put those of `spot`
 * back into the queue after a grace period of 20 s. Each node has two GPUs that are none.
 *
 * @param switches the nodes below each network switch, `node[1,3]`
 * @param privateHome a node whose `~/.pitwall` is a file system of its own
 * @param hiddenFolder a folder of this machine that this node does not have
 */
export async function startSlurmLab({
  nodeCount = 2,
  privateHome,
  hiddenFolder,
  switches,
}: {
  nodeCount?: number;
  privateHome?: string;
  hiddenFolder?: string;
  switches?: Readonly<Record<string, string>>;
} = {}): Promise<SlurmLab> {
  const folder = mkdtempSync(join(tmpdir(), "pitwall-slurm-"));
  for (const name of ["etc", "run", "log", "state"]) mkdirSync(join(folder, name), { mode: 0o755 });
  const nodes = Array.from({ length: nodeCount }, (_, index) => `node${index + 1}`);
  const ports = await freePorts(nodeCount + 1);
  const conf = join(folder, "etc/slurm.conf");
  writeFileSync(join(folder, "etc/munge.key"), randomBytes(1024), { mode: 0o400 });
  writeFileSync(join(folder, "etc/cgroup.conf"), "CgroupPlugin=cgroup/v1\nConstrainCores=no\n");
  writeFileSync(conf, configuration({ folder, nodes, ports }));
  if (switches !== undefined) {
    appendFileSync(conf, "TopologyPlugin=topology/tree\n");
    const leaves = Object.entries(switches).map(
      ([name, names]) => `SwitchName=${name} Nodes=${names}\n`,
    );
    const top = `SwitchName=top Switches=${Object.keys(switches).join(",")}\n`;
    writeFileSync(join(folder, "etc/topology.conf"), leaves.join("") + top);
  }
  writeFileSync(join(folder, "etc/gres.conf"), fakeGpus(folder));
  const home = join(folder, "home");
  mkdirSync(home);
  const env = {
    HOME: home,
    SLURM_CONF: conf,
    PATH: `${process.env["PATH"] ?? ""}:/usr/sbin:/sbin`,
  };
  const daemons = new Map<string, ChildProcess>();
  const commands = new Map<string, readonly string[]>();
  const start = (name: string, words: readonly string[]): void => {
    commands.set(name, words);
    // The daemons end with this process, however it ends.
    const child = spawn("setpriv", ["--pdeathsig", "KILL", ...words], {
      env: { ...process.env, ...env },
      stdio: "ignore",
      detached: true,
    });
    daemons.set(name, child);
  };
  const run = (...words: string[]): Promise<string> => command(words, env);
  const lab: SlurmLab = {
    env,
    home,
    run,
    kill: async (name) => {
      daemons.get(name)?.kill("SIGKILL");
      daemons.delete(name);
      if (name !== "slurmctld") killMarked(`SLURMD_NODENAME=${name}`, conf);
    },
    clear: async () => {
      for (const [name, words] of commands) if (!daemons.has(name)) start(name, words);
      await untilFree(run, nodes);
    },
    close: async () => {
      for (const child of daemons.values()) child.kill("SIGKILL");
      while (killMarked(`SLURM_CONF=${conf}`, conf) > 0) await sleep(20);
      rmSync(folder, { recursive: true, force: true });
    },
  };
  start("munged", mungeWords(folder));
  start("slurmctld", ["slurmctld", "-D", "-f", conf]);
  for (const node of nodes) {
    mkdirSync(join(folder, "state", node));
    const slurmd = ["slurmd", "-D", "-N", node, "-f", conf];
    start(node, node === privateHome ? withPrivateHome(slurmd, hiddenFolder) : slurmd);
  }
  try {
    await untilIdle(run, nodeCount);
  } catch (error) {
    const log = readFileSync(join(folder, "log/slurmctld.log"), "utf8").slice(-2000);
    await lab.close();
    throw new Error(`Slurm did not start: ${String(error)}\n${log}`, { cause: error });
  }
  return lab;
}

function mungeWords(folder: string): string[] {
  const of = (path: string): string => join(folder, path);
  return [
    "munged",
    "--foreground",
    "--force",
    `--key-file=${of("etc/munge.key")}`,
    `--socket=${of("run/munge.sock")}`,
    `--pid-file=${of("run/munged.pid")}`,
    `--log-file=${of("log/munged.log")}`,
    `--seed-file=${of("state/munged.seed")}`,
    "--num-threads=2",
  ];
}

function withPrivateHome(words: readonly string[], hiddenFolder = ""): string[] {
  const script =
    'mkdir -p "$HOME/.pitwall" && mount -t tmpfs none "$HOME/.pitwall" && { [ -z "$0" ] || mount -t tmpfs none "$0"; } && exec "$@"';
  return ["unshare", "--mount", "sh", "-c", script, hiddenFolder, ...words];
}

/** Slurm counts GPUs by their device files, and sets CUDA_VISIBLE_DEVICES for them. */
function fakeGpus(folder: string): string {
  for (let index = 0; index < gpusPerNode; index++)
    execFileSync("mknod", [join(folder, `etc/gpu${index}`), "c", "1", "3"]);
  return `Name=gpu File=${join(folder, "etc/gpu")}[0-${gpusPerNode - 1}]\n`;
}

function configuration({
  folder,
  nodes,
  ports,
}: {
  folder: string;
  nodes: readonly string[];
  ports: readonly number[];
}): string {
  const host = hostname().split(".")[0] ?? "localhost";
  const lines = [
    "ClusterName=lab",
    `SlurmctldHost=${host}(127.0.0.1)`,
    `SlurmctldPort=${ports[0]}`,
    "SlurmUser=root",
    "SlurmdUser=root",
    "AuthType=auth/munge",
    `AuthInfo=socket=${folder}/run/munge.sock,cred_expire=5`,
    "CredType=cred/munge",
    "CommunicationParameters=NoCtldInAddrAny,NoInAddrAny",
    `StateSaveLocation=${folder}/state`,
    `SlurmctldPidFile=${folder}/run/slurmctld.pid`,
    `SlurmctldLogFile=${folder}/log/slurmctld.log`,
    `SlurmdPidFile=${folder}/run/slurmd.%n.pid`,
    `SlurmdLogFile=${folder}/log/slurmd.%n.log`,
    `SlurmdSpoolDir=${folder}/state/%n`,
    "SlurmdParameters=config_overrides",
    "ProctrackType=proctrack/linuxproc",
    "TaskPlugin=task/none",
    "SelectType=select/cons_tres",
    "SelectTypeParameters=CR_Core_Memory",
    "SchedulerParameters=batch_sched_delay=0,sched_interval=2,bf_interval=2,sched_min_interval=0",
    "ReturnToService=2",
    "SlurmdTimeout=5",
    "KillWait=2",
    "MinJobAge=600",
    "MessageTimeout=10",
    "MpiDefault=none",
    "SwitchType=switch/none",
    "AccountingStorageType=accounting_storage/none",
    "GresTypes=gpu",
    "JobAcctGatherType=jobacct_gather/linux",
    "JobAcctGatherFrequency=1",
    "JobAcctGatherParams=OverMemoryKill",
    "PreemptType=preempt/partition_prio",
    "PreemptMode=CANCEL",
    ...nodes.map(
      (node, index) =>
        `NodeName=${node} NodeHostname=${host} NodeAddr=127.0.0.1 Port=${ports[index + 1]} CPUs=4 RealMemory=1000 Feature=${node} Gres=gpu:${gpusPerNode} State=UNKNOWN`,
    ),
    "PartitionName=main Nodes=ALL Default=YES MaxTime=INFINITE State=UP",
    "PartitionName=tiny Nodes=node1 MaxTime=10 State=UP",
    "PartitionName=urgent Nodes=ALL PriorityTier=9 PreemptMode=OFF State=UP",
    "PartitionName=spot Nodes=ALL MaxTime=INFINITE PreemptMode=REQUEUE GraceTime=20 State=UP",
  ];
  return `${lines.join("\n")}\n`;
}

/** Cancels all jobs until none is left and the nodes are idle. */
async function untilFree(run: SlurmLab["run"], nodes: readonly string[]): Promise<void> {
  const untilMs = performance.now() + freeWithinMs;
  let seen = "";
  for (;;) {
    seen = await run("squeue", "--noheader").catch(String);
    if (seen === "" && (await idleCount(run)) === nodes.length) return;
    if (performance.now() > untilMs) throw new Error(`the cluster is not free: ${seen}`);
    if (seen !== "") await run("scancel", "--user=root").catch(() => undefined);
    else await resume(run, nodes);
    await sleep(100);
  }
}

/** A node that was down stays down until this. */
async function resume(run: SlurmLab["run"], nodes: readonly string[]): Promise<void> {
  const states = await run("sinfo", "-h", "-N", "-p", "main", "-o", "%N %t").catch(String);
  const downs = nodes.filter((node) => new RegExp(`^${node} (?:down|drain)`, "mu").test(states));
  for (const node of downs) {
    const words = ["scontrol", "update", `nodename=${node}`, "state=resume"];
    await run(...words).catch(() => undefined);
  }
}

async function idleCount(run: SlurmLab["run"]): Promise<number> {
  const states = await run("sinfo", "-h", "-N", "-p", "main", "-o", "%t").catch(String);
  return states.split("\n").filter((state) => state === "idle").length;
}

async function untilIdle(run: SlurmLab["run"], nodeCount: number): Promise<void> {
  const untilMs = performance.now() + freeWithinMs;
  while ((await idleCount(run)) < nodeCount) {
    if (performance.now() > untilMs) throw new Error("the nodes are not idle");
    await sleep(100);
  }
}

function command([program = "", ...args]: string[], env: Record<string, string>): Promise<string> {
  return new Promise((resolve, reject) => {
    execFile(program, args, { env: { ...process.env, ...env }, timeout: 30_000 }, (error, out) => {
      if (error === null) resolve(out);
      else reject(error);
    });
  });
}

/** Kills the processes of a cluster that have an entry in their environment; how many there were. */
function killMarked(entry: string, conf: string): number {
  const marked = processesWith([`SLURM_CONF=${conf}`, entry]);
  // The daemons of the steps first: they would report how their processes ended, which those of a dead node cannot.
  const parents = marked.map((pid) => textOf(`/proc/${pid}/stat`).split(") ")[1]?.split(" ")[1]);
  const stepDaemons = new Set(
    parents.filter((pid) => textOf(`/proc/${pid}/comm`).startsWith("slurmstepd")),
  );
  for (const pid of [...[...stepDaemons].map(Number), ...marked]) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // The process has ended in the meantime.
    }
  }
  return marked.length;
}

/** Other processes with all of these entries in their environment. */
function processesWith(entries: readonly string[]): number[] {
  return readdirSync("/proc")
    .map(Number)
    .filter((pid) => Number.isInteger(pid) && pid !== process.pid)
    .filter((pid) => {
      const environ = textOf(`/proc/${pid}/environ`).split("\0");
      return entries.every((entry) => environ.includes(entry));
    });
}

/** Empty for a process that has ended in the meantime. */
function textOf(path: string): string {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return "";
  }
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
