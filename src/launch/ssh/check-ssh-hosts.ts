import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { readFile } from "node:fs/promises";
import { z } from "zod";
import { UserError } from "../../foundation/errors/user-error.ts";
import {
  hostCheckFacts,
  type CheckedHost,
  type LinkTest,
  type RingTest,
} from "../../schema/run/hosts/host-check.ts";
import type { HostAccess } from "../agent/host-access.ts";
import { HostClock } from "../agent/host-clock.ts";
import { runOnHost } from "../agent/run-on-host.ts";
import type { ReapedJob } from "../launcher.ts";
import { reapJobs } from "./reap-jobs.ts";
import { testRings } from "./test-rings.ts";
import type { OpenHost, SshHosts } from "./ssh-hosts.ts";

const factsMs = 90_000;
const connectMs = 120_000;
const listenSeconds = 120;
const listenStartMs = 15_000;
const clockMs = 5000;
const clockRounds = 4;
/** Above this number of hosts, each tests its next neighbors in a ring and the first host. */
const mostForAllPairs = 8;

export interface SshHostsCheck {
  hosts: CheckedHost[];
  links: LinkTest[];
  failed: { host: string; error: UserError }[];
  reaped: ReapedJob[];
  rings: RingTest[];
  /** Why torch.distributed was not tested, or not between all. */
  untested: string | undefined;
}

interface CheckOptions {
  /** The path of `agent/host_check.py`. */
  checkFile: string;
  /** The path of `agent/ring_test.py`. */
  ringFile: string;
  /** The program's interpreter. */
  python: string;
  /** Whether a run has ended; what is left of it on a host is ended first. */
  isOver: (runId: string) => Promise<boolean>;
  nowMs: () => number;
}

/** Looks at hosts and at the network between them. */
export async function checkSshHosts(
  hosts: SshHosts,
  { checkFile, ringFile, python, isOver, nowMs }: CheckOptions,
): Promise<SshHostsCheck> {
  const script = await readFile(checkFile, "utf8");
  const outcomes = await hosts.openEach();
  const opened = outcomes.flatMap((each) => (each.status === "fulfilled" ? [each.value] : []));
  const failed = outcomes.flatMap((each, index) => {
    if (each.status === "fulfilled") return [];
    if (!(each.reason instanceof UserError)) throw each.reason;
    return [{ host: hosts.names[index] ?? "", error: each.reason }];
  });
  const reaped = await reapJobs(opened, isOver);
  const checked = await Promise.all(
    opened.map((host) => checkHost(host, { script, python, nowMs })),
  );
  const links = await testLinks(opened, script);
  // Where TCP fails, a process group would only wait for its timeout.
  const isConnected = links.every(({ error }) => error === undefined);
  const ringScript = await readFile(ringFile, "utf8");
  const { rings, untested } = isConnected
    ? await testRings(opened, { script: ringScript, python })
    : { rings: [], untested: "torch.distributed was not tested, because hosts are not connected" };
  return { hosts: checked, links, failed, reaped, rings, untested };
}

async function checkHost(
  { access, agent, facts, host }: OpenHost,
  { script, python, nowMs }: { script: string; python: string; nowMs: () => number },
): Promise<CheckedHost> {
  const clock = await measureClock(access, nowMs);
  const words = [agent[0], "-c", script, "facts", python, facts.home];
  const outcome = await runOnHost(access, words, { timeoutMs: factsMs });
  const found = outcome.kind === "ended" ? parseLast(outcome.stdout, hostCheckFacts) : undefined;
  if (found === undefined) {
    throw new UserError("check-failed", `host \`${host.name}\`: the check gave no answer`, {
      saw: outcome.kind === "ended" ? outcome.stderr.slice(-500) : outcome.kind,
      hint: "log in there and look at its load",
    });
  }
  return {
    host: host.name,
    facts: found,
    ...(clock === undefined ? {} : { clock }),
    home: facts.home,
    homeId: facts.homeId,
  };
}

async function measureClock(
  access: HostAccess,
  nowMs: () => number,
): Promise<CheckedHost["clock"]> {
  const clock = new HostClock();
  for (let round = 0; round < clockRounds; round++) {
    const askedMs = nowMs();
    const outcome = await runOnHost(access, ["date", "+%s%N"], { timeoutMs: clockMs });
    const text = outcome.kind === "ended" ? outcome.stdout.trim() : "";
    // `date` of other systems than Linux knows no nanoseconds.
    if (!/^\d{19}$/u.test(text)) return undefined;
    clock.answered({ askedMs, hostMs: Number(text.slice(0, -3)) / 1000, nowMs: nowMs() });
  }
  const { offset } = clock;
  return offset && { offsetMs: -offset.offsetMs, roundTripMs: offset.roundTripMs };
}

/** Every host listens on a free port and tests the connection to others; a token keeps strangers out. */
async function testLinks(opened: readonly OpenHost[], script: string): Promise<LinkTest[]> {
  if (opened.length < 2) return [];
  const token = randomBytes(16).toString("hex");
  const listeners = await Promise.all(opened.map((host) => startListener(host, { script, token })));
  try {
    const tests = await Promise.all(
      opened.map((host, index) =>
        testFrom(host, { script, token, peers: peersOf(index, { opened, listeners }) }),
      ),
    );
    return tests.flat();
  } finally {
    for (const listener of listeners) listener.end();
  }
}

interface Listener {
  port: number | undefined;
  end(): void;
}

function startListener(
  { access, agent }: OpenHost,
  { script, token }: { script: string; token: string },
): Promise<Listener> {
  const words = [agent[0], "-c", script, "listen", token, String(listenSeconds)];
  const [program = "", ...args] = access.wrap(words);
  return new Promise((resolve) => {
    const child = spawn(program, args, {
      stdio: ["pipe", "pipe", "ignore"],
      detached: true,
      ...(access.env === undefined ? {} : { env: access.env }),
    });
    // The end of its standard input ends the listener.
    const end = (): void => void child.stdin.end();
    let text = "";
    const timer = setTimeout(() => resolve({ port: undefined, end }), listenStartMs);
    const finish = (port: number | undefined): void => {
      clearTimeout(timer);
      resolve({ port, end });
    };
    child.stdin.on("error", () => undefined);
    child.stdout.setEncoding("utf8").on("data", (piece: string) => {
      text += piece;
      if (text.includes("\n")) finish(parseLast(text, z.object({ port: z.number() }))?.port);
    });
    child.once("error", () => finish(undefined));
    child.once("close", () => finish(undefined));
  });
}

interface Peer {
  name: string;
  address: string;
  port: number | undefined;
}

/** In the order of a ring, so that at any time each host is tested by one other. */
function peersOf(
  index: number,
  { opened, listeners }: { opened: readonly OpenHost[]; listeners: readonly Listener[] },
): Peer[] {
  const count = opened.length;
  const steps = Array.from({ length: count - 1 }, (_, step) => (index + step + 1) % count);
  const near = steps.slice(0, 2);
  const chosen = count <= mostForAllPairs ? steps : [...new Set([...near, 0])];
  return chosen
    .filter((other) => other !== index)
    .flatMap((other) => {
      const host = opened[other];
      if (host === undefined) return [];
      const address = host.host.address ?? host.facts.reachedAt ?? "127.0.0.1";
      return [{ name: host.host.name, address, port: listeners[other]?.port }];
    });
}

const connectAnswer = z.array(
  z.object({
    peer: z.string(),
    roundTripMs: z.number().optional(),
    bytesPerSecond: z.number().optional(),
    error: z.string().optional(),
  }),
);

async function testFrom(
  { access, agent, host }: OpenHost,
  { script, token, peers }: { script: string; token: string; peers: readonly Peer[] },
): Promise<LinkTest[]> {
  const from = host.name;
  const words = peers.map(({ name, address, port = 0 }) => `${name} ${address} ${port}`);
  const command = [agent[0], "-c", script, "connect", token, ...words];
  const outcome = await runOnHost(access, command, { timeoutMs: connectMs });
  const tests = outcome.kind === "ended" ? parseLast(outcome.stdout, connectAnswer) : undefined;
  return peers.map(({ name: to, port }) => {
    const test = tests?.find(({ peer }) => peer === to);
    if (test === undefined) return { from, to, error: "the test gave no answer" };
    const { peer: _, ...measured } = test;
    return port === undefined
      ? { from, to, error: "it could not listen" }
      : { from, to, ...measured };
  });
}

/** The last line that is JSON; shells may print greetings before it. */
function parseLast<Found>(text: string, schema: z.ZodType<Found>): Found | undefined {
  const line = text.split("\n").findLast((each) => /^[[{]/u.test(each)) ?? "";
  try {
    return schema.safeParse(JSON.parse(line)).data;
  } catch {
    return undefined;
  }
}
