import { mkdir, writeFile } from "node:fs/promises";
import { basename, join } from "node:path";
import { UserError, WorldError } from "../../foundation/errors/user-error.ts";
import { AgentJob } from "../agent/agent-job.ts";
import type { AgentPlace } from "../agent/host-access.ts";
import type { LaunchMeans } from "../launch-target-row.ts";
import type { Launcher, LaunchOptions, LaunchOutcome } from "../launcher.ts";
import { runCommand } from "../run-command.ts";
import { lastLines } from "../ssh/explain-ssh.ts";
import type { OpenHost, SshHosts } from "../ssh/ssh-hosts.ts";
import { reapJobs } from "../ssh/reap-jobs.ts";
import { stageOverSsh } from "../ssh/stage-over-ssh.ts";
import { endAgents, rankCountOf, startOnHosts } from "../ssh/start-on-hosts.ts";
import { addressTowards } from "./address-towards.ts";
import { attachMpiJob } from "./earlier-mpi-job.ts";
import type { MpiHostsTarget, MpiTarget } from "./mpi-hosts-target.ts";
import { MpiJob } from "./mpi-job.ts";
import { findMpi, type MpiTool } from "./mpi-tool.ts";
import { keeperPlace } from "./mpirun-place.ts";
import { mpirunEnvironment, mpirunScript, mpirunWords } from "./mpirun-words.ts";
import { remoteShellScript } from "./remote-shell.ts";

const startMs = 60_000;
const checkMs = 20_000;

/** Starts ranks through mpirun on hosts that ssh reaches. A job continues if this process ends. */
export function mpiLauncher(
  target: MpiHostsTarget,
  { hosts, means }: { hosts: SshHosts; means: LaunchMeans },
): Launcher & Pick<Required<Launcher>, "attach" | "preview" | "stage"> {
  const { nowMs } = means;
  return {
    async launch(command, options) {
      const tool = await findMpi(options.env, options.cwd);
      const opened = await hosts.open();
      await checkDaemons(tool, target, opened);
      const starter = "elsewhere";
      const agents = await startOnHosts(command, { target, options, hosts, starter, nowMs });
      const keeper = keeperPlace(options.runDirectory, means);
      const words = await commandOf(command, { target, tool, opened, keeper, options });
      const fault = await startMpirun({ target, tool, words, keeper, options });
      if (fault !== undefined) {
        await endAgents(agents.places);
        return { kind: "start-failed", reason: fault };
      }
      const { tickMs = 0 } = options;
      const guard = { kind: "outlives" } as const;
      const { launchedMs } = agents;
      const job = new MpiJob(
        new AgentJob({ ...agents, guard, nowMs, tickMs }),
        new AgentJob({ places: [keeper], ranks: [], launchedMs, guard, nowMs, tickMs: 0 }),
      );
      return { kind: "launched", job } satisfies LaunchOutcome;
    },
    stage: (data, options) => stageOverSsh(data, options, { hosts, nowMs }),
    attach: (job) => attachMpiJob(target, job, { hosts, means }),
    describeHosts: () => hosts.describe(),
    reap: async (isOver) => reapJobs(await hosts.open(), isOver),
    preview: async (command, options) => {
      const tool = await findMpi(options.env, options.cwd);
      const opened = await hosts.open();
      const keeper = keeperPlace(options.runDirectory, means);
      const words = await commandOf(command, { target, tool, opened, keeper, options });
      return mpirunScript(tool, words, environmentOf(tool));
    },
    close: () => hosts.close(),
  };
}

function environmentOf(tool: MpiTool): Record<string, string> {
  return mpirunEnvironment(tool, process.getuid?.());
}

interface Parts {
  target: MpiHostsTarget;
  tool: MpiTool;
  opened: readonly OpenHost[];
  keeper: AgentPlace;
  options: LaunchOptions;
}

/** On a host, `mpi` of the agent's file finds the request of the rank that it is. */
async function commandOf(command: readonly string[], parts: Parts): Promise<string[]> {
  const { target, tool, opened, keeper, options } = parts;
  const agentFile = basename(opened[0]?.agent.at(-1) ?? "");
  const words = mpirunWords({
    tool,
    hosts: opened.map((each) => ({ name: each.host.name, rankCount: rankCountOf(target, each) })),
    remoteShell: remoteShellOf(keeper),
    ownAddress: await addressTowards(opened[0]?.facts.reachedAt ?? undefined),
    more: target.mpirun ?? [],
  });
  const start = `exec python3 -S "$HOME/.pitwall/agent/${agentFile}" mpi "$0" -- "$@"`;
  return [...words, "sh", "-c", start, basename(options.runDirectory), ...command];
}

function remoteShellOf({ folder }: AgentPlace): string {
  const path = join(folder, "remote-shell");
  // mpirun splits it into words.
  if (!/\s/u.test(path)) return path;
  throw new UserError("home-with-blank", "mpirun does not support a home folder with blanks", {
    saw: path,
    hint: "set HOME to a folder without blanks",
  });
}

/** Starts mpirun through an agent of this machine, so that the job continues without Pitwall; why that failed, or undefined. */
async function startMpirun({
  target,
  tool,
  words,
  keeper,
  options,
}: Omit<Parts, "opened"> & { words: readonly string[] }): Promise<string | undefined> {
  const env = environmentOf(tool);
  const script = mpirunScript(tool, words, env);
  await writeFile(join(options.runDirectory, "mpirun.sh"), script, { mode: 0o600 });
  await mkdir(keeper.folder, { recursive: true, mode: 0o700 });
  const shell = remoteShellScript(target.hosts, target.sshConfig);
  await writeFile(remoteShellOf(keeper), shell, { mode: 0o700 });
  const job = {
    name: basename(keeper.folder),
    cwd: "/",
    env: { PITWALL_RUN_DIR: options.runDirectory },
    starters: [{ command: words, env, ranks: [0], isRank: false }],
    tether: false,
  };
  const outcome = await runCommand([...keeper.agent, "start", keeper.folder], {
    stdin: JSON.stringify(job),
    timeoutMs: startMs,
    env: options.env,
  });
  if (outcome.kind === "ended" && outcome.exitCode === 0) return undefined;
  return outcome.kind === "ended" ? lastLines(outcome.stderr || outcome.stdout) : outcome.kind;
}

/** What mpirun starts on each host before any rank. */
function daemonOf(tool: MpiTool): string {
  if (tool.kind === "mpich") return "hydra_pmi_proxy";
  return tool.major >= 5 ? "prted" : "orted";
}

/** @throws WorldError `mpi-missing-on-host` */
async function checkDaemons(
  tool: MpiTool,
  { mpirun = [] }: MpiTarget,
  opened: readonly OpenHost[],
): Promise<void> {
  // The user says where MPI is.
  if (mpirun.includes("--prefix")) return;
  const daemon = daemonOf(tool);
  const find = `command -v ${daemon} || test -x ${join(tool.path, "..", daemon)}`;
  const missing = await Promise.all(
    opened.map(async ({ access }) => {
      const words = access.wrap(["sh", "-c", find]);
      const outcome = await runCommand(words, { timeoutMs: checkMs, env: access.env });
      return outcome.kind === "ended" && outcome.exitCode === 1 ? [access.host] : [];
    }),
  );
  const [first] = missing.flat();
  if (first === undefined) return;
  throw new WorldError("mpi-missing-on-host", `host \`${first}\`: it has no \`${daemon}\``, {
    hint: `install ${tool.version} there, or say where it is: \`--mpirun='--prefix /opt/openmpi'\``,
  });
}
