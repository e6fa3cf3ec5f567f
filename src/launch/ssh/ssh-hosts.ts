import { execFile } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { WorldError } from "../../foundation/errors/user-error.ts";
import { hostFacts, type HostFacts } from "../../schema/run/hosts/host-facts.ts";
import type { LaunchTargetOf, SshHost } from "../../schema/run/hosts/launch-target.ts";
import { agentProgram, agentStart } from "../agent/agent-program.ts";
import type { HostAccess } from "../agent/host-access.ts";
import { runOnHost } from "../agent/run-on-host.ts";
import { startPaced } from "../start-paced.ts";
import { explainSsh, lastLines } from "./explain-ssh.ts";
import { sshAccess, sshTerminal, sshWords, type SshSettings } from "./ssh-access.ts";

const connectMs = 30_000;

/** A host that answers, with the agent's file on it. */
export interface OpenHost {
  host: SshHost;
  access: HostAccess;
  facts: HostFacts;
  /** Python on the host, its options, and the agent's file. */
  agent: readonly [python: string, ...words: string[]];
  /** The command of this machine that runs a command on the host with this terminal. */
  wrapTerminal(command: readonly string[]): readonly string[];
}

type SshPlaces = Pick<LaunchTargetOf<"ssh">, "hosts" | "sshConfig" | "launchRate">;

/** The hosts of an ssh target: connects to each once and keeps the connections for all later commands. */
export class SshHosts {
  readonly #target: SshPlaces;
  readonly #agentFile: string;
  readonly #env: Readonly<Record<string, string | undefined>>;
  #settings: SshSettings | undefined;
  #opening: Promise<OpenHost[]> | undefined;
  /** Whether a job is followed that runs already, also while some of its hosts do not answer. */
  toleratesSilence = false;
  #outcomes: Promise<PromiseSettledResult<OpenHost>[]> | undefined;

  constructor(
    target: SshPlaces,
    { agentFile, env }: { agentFile: string; env: Readonly<Record<string, string | undefined>> },
  ) {
    this.#target = target;
    this.#agentFile = agentFile;
    this.#env = env;
  }

  /**
   * Connects to all hosts, puts the agent there and asks what they are.
   *
   * @throws WorldError `host-unknown`, `host-unreachable`, `host-refused`, `host-key-changed`, `host-key-unknown`,
   * `ssh-missing`, `python-missing`, `agent-failed`
   */
  open(): Promise<readonly OpenHost[]> {
    this.#opening ??= this.#openAll();
    return this.#opening;
  }

  /** Like `open`, with the outcome of each host: one that cannot be reached does not hide the others. */
  openEach(): Promise<PromiseSettledResult<OpenHost>[]> {
    this.#outcomes ??= this.#openEach();
    return this.#outcomes;
  }

  async #openEach(): Promise<PromiseSettledResult<OpenHost>[]> {
    const settings = await this.#sshSettings();
    const agent = await agentProgram(this.#agentFile);
    return startPaced(this.#target.hosts, this.#target.launchRate, async (host) => ({
      ...(await openHost(host, sshAccess(host, settings), agent)),
      wrapTerminal: sshTerminal(host, settings),
    }));
  }

  /** The path of `pitwall_agent.py` on this machine. */
  get agentFile(): string {
    return this.#agentFile;
  }

  /** Pitwall's own folder, which contains the agent's. */
  get packageRoot(): string {
    return dirname(dirname(this.#agentFile));
  }

  get names(): string[] {
    return this.#target.hosts.map(({ name }) => name);
  }

  /**
   * What the hosts are. Those of a job that runs are described as far as they answer.
   *
   * @throws what `open` throws
   */
  async describe(): Promise<{ host: string; facts: HostFacts }[]> {
    const opened = this.toleratesSilence
      ? (await this.openEach()).flatMap((each) => (each.status === "fulfilled" ? [each.value] : []))
      : await this.open();
    return opened.map(({ host, facts }) => ({ host: host.name, facts }));
  }

  /** How commands reach a host, whether it answers or not. */
  async accessOf(name: string): Promise<HostAccess | undefined> {
    const host = this.#target.hosts.find((each) => each.name === name);
    return host && sshAccess(host, await this.#sshSettings());
  }

  /** The words that start ssh for a host, for rsync's `-e`. */
  async sshCommand(host: SshHost): Promise<readonly string[]> {
    return sshWords(host, await this.#sshSettings());
  }

  /** The words that start ssh for a machine that is not one of the hosts. */
  async shell(): Promise<readonly string[]> {
    return sshWords({}, await this.#sshSettings());
  }

  /** Closes the shared connections. */
  async close(): Promise<void> {
    const settings = this.#settings;
    if (settings === undefined) return;
    await Promise.all(this.#target.hosts.map((host) => closeConnection(host, settings)));
    await rm(settings.controlFolder, { recursive: true, force: true });
    this.#settings = undefined;
    this.#opening = undefined;
    this.#outcomes = undefined;
  }

  async #sshSettings(): Promise<SshSettings> {
    this.#settings ??= {
      config: this.#target.sshConfig,
      // The path of a socket may have at most 104 characters.
      controlFolder: await mkdtemp(join(tmpdir(), "pw-")),
      env: this.#env,
    };
    return this.#settings;
  }

  async #openAll(): Promise<OpenHost[]> {
    const opened = await this.openEach();
    const failed = opened.find((each) => each.status === "rejected");
    if (failed !== undefined) {
      await this.close();
      throw failed.reason;
    }
    return opened.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
  }
}

/** Exit codes of the script below, which no Python gives. */
const noPythonCode = 91;
const diskCode = 92;

/** Stores the agent under its own hash and starts it. Arguments: the hash. Standard input: the agent. */
const openScript = `
set -u
d="$HOME/.pitwall/agent"
f="$d/$1.py"
command -v python3 >/dev/null 2>&1 || { cat >/dev/null; exit ${noPythonCode}; }
mkdir -p -m 700 "$HOME/.pitwall" "$d" && cat >"$f.$$" && mv "$f.$$" "$f" || exit ${diskCode}
exec python3 -S "$f" describe
`;

async function openHost(
  host: SshHost,
  access: HostAccess,
  { text, hash }: Awaited<ReturnType<typeof agentProgram>>,
): Promise<Omit<OpenHost, "wrapTerminal">> {
  const command = ["sh", "-c", openScript, "pitwall", hash];
  const outcome = await runOnHost(access, command, { stdin: text, timeoutMs: connectMs });
  if (outcome.kind === "not-started") {
    throw new WorldError("ssh-missing", "cannot start `ssh`", {
      saw: outcome.reason,
      hint: "install OpenSSH's client",
    });
  }
  if (outcome.kind === "timed-out") {
    throw hostError(host, "host-unreachable", `no answer within ${connectMs / 1000} s`, {
      saw: lastLines(outcome.stderr),
      hint: `try \`ssh ${host.destination}\` by hand`,
    });
  }
  const { exitCode, stdout, stderr } = outcome;
  const facts = exitCode === 0 ? hostFacts.safeParse(jsonIn(stdout)) : undefined;
  if (facts?.success !== true) throw openError(host, exitCode, stderr || stdout);
  const file = `${facts.data.home}/.pitwall/agent/${hash}.py`;
  return { host, access, facts: facts.data, agent: [...agentStart(facts.data.python), file] };
}

function openError(host: SshHost, exitCode: number, text: string): WorldError {
  const saw = lastLines(text);
  switch (exitCode) {
    case 255: {
      const { code, message, hint } = explainSsh(text, host.destination);
      return hostError(host, code, message, { saw, hint });
    }
    case noPythonCode:
      return hostError(host, "python-missing", "it has no `python3`", {
        hint: "install Python 3.8 or newer there; Pitwall's agent needs only its standard library",
      });
    case diskCode:
      return hostError(host, "host-disk", "cannot write to `~/.pitwall` there", {
        saw,
        hint: "is the disk full, or the home folder read-only?",
      });
    default:
      return hostError(host, "agent-failed", `the agent failed with exit code ${exitCode}`, {
        saw,
        hint: "Pitwall's agent needs Python 3.8 or newer",
      });
  }
}

/** An error about one host of a job. */
export function hostError(
  { name }: Pick<SshHost, "name">,
  code: string,
  message: string,
  place: { saw?: string; hint: string },
): WorldError {
  return new WorldError(code, `host \`${name}\`: ${message}`, place);
}

/** What a shell's start-up files print comes before the answer. */
function jsonIn(stdout: string): unknown {
  const line = stdout.split("\n").findLast((each) => each.startsWith("{"));
  try {
    return JSON.parse(line ?? "");
  } catch {
    return undefined;
  }
}

function closeConnection(host: SshHost, settings: SshSettings): Promise<void> {
  const [program = "", ...args] = sshWords(host, settings);
  return new Promise((resolve) => {
    execFile(program, [...args, "-O", "exit", host.destination], { timeout: 5000 }, () =>
      resolve(),
    );
  });
}
