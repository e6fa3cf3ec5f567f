import { spawn, type ChildProcess } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { WorldError } from "../../../foundation/errors/user-error.ts";
import type { HostFacts } from "../../../schema/run/hosts/host-facts.ts";
import { factsIn } from "../client/labeled-facts.ts";
import { stepWords, type RunningJob } from "../job/job-step.ts";

/** From the start of a job to the answer of all nodes. */
const answerMs = 120_000;

/** What the agent of a node waits for: the program's folder, if it was sent, and variables to add. */
export interface Release {
  cwd?: string;
  env: Readonly<Record<string, string>>;
}

/** The nodes of a job whose agents wait until the nodes are prepared. If Pitwall ends before, so does the job. */
export interface HeldNodes {
  facts: ReadonlyMap<string, HostFacts>;
  /** Lets the agents start. @throws WorldError `slurm-not-prepared` */
  release(releases: Readonly<Record<string, Release>>): Promise<void>;
}

/**
 * Reaches all nodes of a job through one job step, whose standard input keeps the job waiting.
 *
 * @throws WorldError `slurm-not-prepared`
 */
export async function holdNodes(job: RunningJob, signal: AbortSignal): Promise<HeldNodes> {
  signal.throwIfAborted();
  const { jobId, hosts, tools, agent, home, prefix } = job;
  const file = agent.at(-1) ?? "";
  // The agent's file appears with the first step of the job.
  const wait =
    'n=0; until [ -e "$1.$SLURMD_NODENAME/job.json" ] && [ -e "$2" ]; do n=$((n+1)); [ $n -lt 1200 ] || exit 1; sleep 0.05; done; shift 2; exec "$@"';
  const prefixPath = `${home}/${prefix}`;
  const inner = ["sh", "-c", wait, "sh", prefixPath, file, ...agent, "hold", prefixPath];
  const [program = "", ...args] = [...stepWords(job, hosts.length), "--label", ...inner];
  const child = spawn(program, args, { env: tools.env, stdio: "pipe", detached: true });
  let errors = "";
  child.stderr.on("data", (bytes: Buffer) => (errors = (errors + bytes.toString()).slice(-2000)));
  child.stdin.on("error", () => undefined);
  const closed = once(child, "close").catch(() => undefined);
  const failed = (): WorldError => notPrepared(jobId, errors);
  const stop = (): void => void child.kill("SIGTERM");
  signal.addEventListener("abort", stop, { once: true });
  void closed.then(() => signal.removeEventListener("abort", stop));
  const facts = await factsOf(child, hosts);
  signal.throwIfAborted();
  if (facts === undefined) {
    stop();
    throw failed();
  }
  return {
    facts,
    release: async (releases) => {
      child.stdin.end(`${JSON.stringify(releases)}\n`);
      await closed;
      signal.throwIfAborted();
      if (child.exitCode !== 0) throw failed();
    },
  };
}

/** What all nodes say they are; undefined if one does not answer. */
async function factsOf(
  child: ChildProcess,
  hosts: readonly string[],
): Promise<ReadonlyMap<string, HostFacts> | undefined> {
  const facts = new Map<string, HostFacts>();
  if (child.stdout === null) return undefined;
  const lines = createInterface({ input: child.stdout });
  const timer = setTimeout(() => lines.close(), answerMs);
  child.once("close", () => lines.close()).once("error", () => lines.close());
  try {
    for await (const line of lines) {
      for (const each of factsIn(line, hosts)) facts.set(each.host, each.facts);
      if (facts.size === hosts.length) return facts;
    }
    return undefined;
  } finally {
    clearTimeout(timer);
    // What else is printed must not fill the pipe.
    child.stdout.resume();
  }
}

function notPrepared(jobId: string, errors: string): WorldError {
  const message = `the nodes of the Slurm job ${jobId} could not be prepared`;
  return new WorldError("slurm-not-prepared", message, {
    saw: errors.trim().split("\n").slice(-3).join("\n"),
    hint: "the job was canceled; its nodes need Python 3.8 or newer, and a home folder that can be written to",
  });
}
