import { spawn, type ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import { z } from "zod";
import type { RingTest } from "../../schema/run/hosts/host-check.ts";
import { pairRounds } from "./pair-rounds.ts";
import type { OpenHost } from "./ssh-hosts.ts";

/** Importing torch takes seconds, on a busy host more. */
const startMs = 60_000;
const groupSeconds = 15;
const answerMs = (groupSeconds + 7) * 1000;
/** No further round is started after this time. */
const mostMs = 60_000;

export interface RingTests {
  rings: RingTest[];
  /** Why not everything was tested. */
  untested: string | undefined;
}

interface RingOptions {
  /** The text of `agent/ring_test.py`. */
  script: string;
  /** The program's interpreter. */
  python: string;
}

/**
 * Measures torch.distributed between pairs of hosts, several pairs at the same time, and between all hosts together. It takes about a
 * minute at most.
 */
export async function testRings(
  opened: readonly OpenHost[],
  { script, python }: RingOptions,
): Promise<RingTests> {
  if (opened.length < 2) return { rings: [], untested: undefined };
  const members = opened.map((host) => new Member(host, [python, "-u", "-c", script]));
  try {
    const greetings = await Promise.all(members.map((member) => member.next(greeting, startMs)));
    const without = opened.filter((_, index) => greetings[index]?.backend === undefined);
    if (without.length > 0) return { rings: [], untested: whyNone(without, greetings) };
    const isNccl = greetings.every((each) => each?.backend === "nccl");
    return await testMembers(members, isNccl ? "nccl" : "gloo");
  } finally {
    for (const member of members) member.end();
  }
}

async function testMembers(
  members: readonly Member[],
  backend: RingTest["backend"],
): Promise<RingTests> {
  const untilMs = performance.now() + mostMs;
  const rings: RingTest[] = [];
  // All together last: it says least about which connection is slow.
  const all = members.length > 2 ? [[members.map((_, index) => index)]] : [];
  for (const round of [...pairRounds(members.length), ...all]) {
    if (performance.now() > untilMs)
      return { rings, untested: `not all pairs were tested within ${mostMs / 1000} s` };
    const groups = round.map((indexes) => indexes.flatMap((index) => members[index] ?? []));
    rings.push(...(await Promise.all(groups.map((group) => testGroup(group, backend)))));
  }
  return { rings, untested: undefined };
}

function whyNone(
  without: readonly OpenHost[],
  greetings: readonly ({ error?: string | undefined } | undefined)[],
): string {
  const names = without.map(({ host }) => host.name).join(", ");
  const error = greetings.find((each) => each?.error !== undefined)?.error;
  const reason = error === undefined ? "it did not start" : error;
  return `torch.distributed was not tested: ${reason} on ${names}`;
}

const greeting = z.object({
  backend: z.enum(["gloo", "nccl"]).optional(),
  error: z.string().optional(),
});
const freePort = z.object({ port: z.number() });
const measured = z.object({
  roundTripMs: z.number().optional(),
  bytesPerSecond: z.number().optional(),
  error: z.string().optional(),
});

let groupCount = 0;

async function testGroup(
  members: readonly Member[],
  backend: RingTest["backend"],
): Promise<RingTest> {
  const hosts = members.map(({ name }) => name);
  const [first] = members;
  first?.send("free");
  const port = (await first?.next(freePort, answerMs))?.port;
  if (first === undefined || port === undefined)
    return { hosts, backend, error: `${hosts[0] ?? ""} gave no answer` };
  groupCount += 1;
  const name = `group${groupCount}`;
  for (const [rank, member] of members.entries())
    member.send(
      ["group", backend, name, first.address, port, rank, members.length, groupSeconds].join(" "),
    );
  const answers = await Promise.all(members.map((member) => member.next(measured, answerMs)));
  return { hosts, backend, ...resultOf(answers, hosts) };
}

/** What the first host has measured, unless one of them failed. */
function resultOf(
  answers: readonly (z.output<typeof measured> | undefined)[],
  hosts: readonly string[],
): Omit<RingTest, "hosts" | "backend"> {
  const failed = answers.findIndex((each) => each === undefined || each.error !== undefined);
  const [own] = answers;
  if (failed < 0 && own !== undefined) return own;
  return { error: answers[failed]?.error ?? `${hosts[failed] ?? ""} gave no answer` };
}

/** The test's process on one host. */
class Member {
  readonly name: string;
  readonly address: string;
  readonly #child: ChildProcess;
  readonly #lines: string[] = [];
  #wake: (() => void) | undefined;
  #isOver = false;

  constructor({ access, host, facts }: OpenHost, words: readonly string[]) {
    this.name = host.name;
    this.address = host.address ?? facts.reachedAt ?? "127.0.0.1";
    const [program = "", ...args] = access.wrap(words);
    const child = spawn(program, args, {
      stdio: ["pipe", "pipe", "ignore"],
      detached: true,
      ...(access.env === undefined ? {} : { env: access.env }),
    });
    this.#child = child;
    // It ends with its standard input.
    child.stdin.on("error", () => undefined);
    createInterface({ input: child.stdout }).on("line", (line) => {
      if (line.startsWith("{")) this.#lines.push(line);
      this.#wake?.();
    });
    const over = (): void => {
      this.#isOver = true;
      this.#wake?.();
    };
    child.once("error", over);
    child.once("close", over);
  }

  send(line: string): void {
    this.#child.stdin?.write(`${line}\n`);
  }

  /** Its next answer; undefined if there is none in time. */
  async next<Found>(schema: z.ZodType<Found>, timeoutMs: number): Promise<Found | undefined> {
    const untilMs = performance.now() + timeoutMs;
    while (this.#lines.length === 0 && !this.#isOver && performance.now() < untilMs)
      await this.#change(untilMs - performance.now());
    const line = this.#lines.shift();
    return line === undefined ? undefined : schema.safeParse(JSON.parse(line)).data;
  }

  end(): void {
    this.#child.stdin?.end();
    setTimeout(() => this.#child.kill("SIGKILL"), 1000).unref();
  }

  #change(timeoutMs: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, timeoutMs);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
