import { z } from "zod";
import type { Finding } from "../../schema/run/findings/finding.ts";
import { pythonOf } from "../agent/job-spec.ts";
import { runOnHost } from "../agent/run-on-host.ts";
import type { OpenHost } from "./ssh-hosts.ts";

type Doubt = Extract<Finding, { rule: "hosts-doubtful" }>;

/** The launch does not wait longer for these checks. */
const mostMs = 2000;
const largestOffsetMs = 1000;

/** Without importing torch, which takes seconds; a name server that does not answer is not waited for. */
const script = `
import json, os, platform, socket, sys, threading, time
found = {"paths": [os.path.exists(path) for path in sys.argv[1:]], "python": platform.python_version(), "torch": None, "resolves": None, "timeMs": time.time() * 1000}
try:
    from importlib.metadata import version
    found["torch"] = version("torch")
except Exception:
    pass
def resolve():
    try:
        socket.getaddrinfo(socket.gethostname(), None)
        found["resolves"] = True
    except OSError:
        found["resolves"] = False
thread = threading.Thread(target=resolve, daemon=True)
thread.start()
thread.join(0.2)
print(json.dumps(found))
`;

const answer = z.object({
  python: z.string(),
  torch: z.string().nullable(),
  resolves: z.boolean().nullable(),
  timeMs: z.number(),
  /** Whether each path of the command exists. */
  paths: z.array(z.boolean()).optional(),
});

interface Answered {
  host: string;
  found: z.output<typeof answer>;
  /** How far its clock is from this machine's, at least. */
  offMs: number;
}

/** The quick part of `pitwall hosts check`, while the code is sent: what may break the job that is about to start. */
export async function doubtHosts(
  opened: readonly OpenHost[],
  command: readonly string[],
  nowMs: () => number,
): Promise<Doubt[]> {
  const answers = await Promise.all(opened.map((host) => ask(host, command, nowMs)));
  const known = answers.filter((each) => each !== undefined);
  const usesPython = pythonOf(command) !== undefined;
  return [
    ...known.flatMap(({ host, offMs }) => clockDoubt(host, offMs)),
    ...known
      .filter(({ found }) => found.resolves === false)
      .map(({ host }) => doubt("own-name-unresolved", [host], "its own name cannot be resolved")),
    ...missingPaths(pathsIn(command), known),
    ...(usesPython
      ? [
          ...difference("Python", known, ({ found }) => found.python.replace(/\.\d+$/u, "")),
          ...difference("torch", known, ({ found }) => found.torch ?? "none"),
        ]
      : []),
  ];
}

async function ask(
  { access, agent, host }: OpenHost,
  command: readonly string[],
  nowMs: () => number,
): Promise<Answered | undefined> {
  const askedMs = nowMs();
  const words = [pythonOf(command) ?? agent[0], "-c", script, ...pathsIn(command)];
  const outcome = await runOnHost(access, words, { timeoutMs: mostMs });
  if (outcome.kind !== "ended" || outcome.exitCode !== 0) return undefined;
  const line = outcome.stdout.split("\n").findLast((each) => each.startsWith("{")) ?? "{}";
  const parsed = answer.safeParse(jsonIn(line));
  if (!parsed.success) return undefined;
  const { timeMs } = parsed.data;
  const answeredMs = nowMs();
  const offMs = timeMs < askedMs ? timeMs - askedMs : Math.max(0, timeMs - answeredMs);
  return { host: host.name, found: parsed.data, offMs };
}

/** Absolute paths in the arguments of a program: `/data`, `--data=/data`. */
function pathsIn(command: readonly string[]): string[] {
  return command.slice(1).flatMap((word) => /^(?:-[^=]*=)?(\/.+)$/su.exec(word)?.[1] ?? []);
}

/** A path that exists on no host is probably written. */
function missingPaths(paths: readonly string[], known: readonly Answered[]): Doubt[] {
  return paths.flatMap((path, index) => {
    const first = known.find(({ found }) => found.paths?.[index] === true);
    const lacking = known.filter(({ found }) => found.paths?.[index] === false);
    if (first === undefined || lacking.length === 0) return [];
    const hosts = lacking.map(({ host }) => host);
    return [doubt("path-missing", hosts, `\`${path}\` does not exist there, but on ${first.host}`)];
  });
}

function clockDoubt(host: string, offMs: number): Doubt[] {
  if (Math.abs(offMs) < largestOffsetMs) return [];
  const side = offMs > 0 ? "ahead of" : "behind";
  const seconds = Math.round(Math.abs(offMs) / 100) / 10;
  return [doubt("clock-off", [host], `its clock is ${seconds} s ${side} this machine's`)];
}

function difference(
  name: "Python" | "torch",
  known: readonly Answered[],
  valueOf: (host: Answered) => string,
): Doubt[] {
  const hostsOf = new Map<string, string[]>();
  for (const each of known) {
    const hosts = hostsOf.get(valueOf(each)) ?? [];
    hostsOf.set(valueOf(each), [...hosts, each.host]);
  }
  if (hostsOf.size < 2) return [];
  const sorted = [...hostsOf].toSorted((a, b) => b[1].length - a[1].length);
  const text = sorted.map(([value, hosts]) => `${value} on ${hosts[0] ?? ""}`).join(", ");
  const others = sorted.slice(1).flatMap(([, hosts]) => hosts);
  const kind = name === "torch" ? "torch-differs" : "python-differs";
  return [doubt(kind, others, `${name} is not the same on all hosts: ${text}`)];
}

function doubt(kind: Doubt["doubt"], hosts: string[], detail: string): Doubt {
  return { rule: "hosts-doubtful", doubt: kind, hosts, detail };
}

function jsonIn(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}
