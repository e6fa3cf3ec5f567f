import { afterAll, beforeAll, describe, expect, onTestFinished, test } from "vitest";
import {
  contractJob,
  wholeExit,
  wholeOutput,
  type ContractJob,
  type ContractProgram,
} from "./contract-programs.contract.ts";
import type {
  Exit,
  LaunchedJob,
  Launcher,
  LaunchEvent,
  LaunchOutcome,
  OutputStream,
} from "./launcher.ts";

/** A launch target that is held to the contract. */
export interface ContractSubject {
  /** A launcher as each process of Pitwall makes its own; scripted ones play the program. */
  open(program: ContractProgram): Launcher;
  hostCount: number;
  ranksPerHost: number;
  /** Of Pitwall. Default: that of this process. */
  env?(): Readonly<Record<string, string | undefined>>;
  /** Whether its hosts have clocks that are compared with that of this machine. */
  hasOtherClocks: boolean;
  /** What its ranks are: processes, a script that prints what they would, or something that prints lines of its own. */
  ranks: "processes" | "scripted" | "simulated";
  /** How it reports a program that does not exist. */
  missingProgram: "refused" | "exit-127" | "never";
  /** Whether its jobs continue without Pitwall and can be attached to. */
  outlivesPitwall: boolean;
}

const longGraceMs = 600_000;
const seenLines = 5;

/**
 * What every launch target promises; `launcher.ts` says it in words. Three jobs: one that ends by itself, one that is stopped, and one that
 * cannot be started.
 */
export function launchTargetContract(name: string, subject: ContractSubject): void {
  describe(`the contract of ${name}`, () => {
    describeWholeJob(subject);
    describeStoppedJob(subject);
    testMissingProgram(subject);
  });
}

function describeWholeJob(subject: ContractSubject): void {
  const worldSize = subject.hostCount * subject.ranksPerHost;
  const printsProgram = subject.ranks !== "simulated";
  const removals: (() => void)[] = [];
  let launched: Launched;
  let events: LaunchEvent[];
  beforeAll(async () => {
    launched = await launch(subject, "whole", (remove) => removals.push(remove));
    const following = new Following(launched.job);
    // The clocks of Slurm's nodes are asked through job steps, which can take longer than a short job.
    if (subject.hasOtherClocks) await following.until((seen) => haveClocks(seen, launched.job));
    launched.mayEnd();
    events = await following.toEnd();
  });
  afterAll(async () => {
    await launched.job.release?.();
    await launched.launcher.close?.();
    for (const remove of removals) remove();
  });

  test("numbers the ranks host after host", () => {
    expectPlaces(launched.job, subject);
  });

  if (printsProgram) {
    test("emits what each rank prints unchanged and in order, each stream apart", () => {
      for (let rank = 0; rank < worldSize; rank++) expectWhole(events, rank, worldSize);
    });
  }

  test("emits once how each rank ended", () => {
    const exited = events.flatMap((event) => (event.kind === "rank-exited" ? [event.rank] : []));
    expect(exited.toSorted((a, b) => a - b)).toEqual(launched.job.ranks.map(({ rank }) => rank));
    if (printsProgram) expectExits(events, worldSize);
  });

  test("names the place of all that it emits", () => {
    const placed = events.filter((event) => "rank" in event);
    const hostOf = new Map(launched.job.ranks.map(({ rank, host }) => [rank, host]));
    for (const { rank, host } of placed) expect(host).toBe(hostOf.get(rank));
  });

  test("emits `ended` last and once, and nothing was left over", () => {
    const kinds = events.map(({ kind }) => kind);
    expect(kinds.indexOf("ended")).toBe(kinds.length - 1);
    expect(events.filter(({ kind }) => kind === "host-lost")).toEqual([]);
    expect(kinds).not.toContain("ended-by-scheduler");
    expect(events.at(-1)).toMatchObject({ leftovers: { stoppedCount: 0, unkillablePids: [] } });
    expect(launched.processes()).toEqual([]);
    for (const host of launched.job.hosts) expect(launched.job.processIds(host)).toEqual([]);
  });

  test("emits times by one clock that never go back on a host", () => {
    expectTimes(events, launched.job, subject);
  });

  if (!subject.outlivesPitwall) return;
  test("emits the same again to a process that attaches after the end", async () => {
    const launcher = subject.open("whole");
    const { job, hasEnded } = await attach(launcher, launched);
    expect(hasEnded).toBe(true);
    const again = await new Following(job).toEnd();
    for (let rank = 0; rank < worldSize; rank++) expectWhole(again, rank, worldSize);
    expectExits(again, worldSize);
    expect(again.filter(({ kind }) => kind === "caught-up")).toHaveLength(1);
    await launcher.close?.();
  });
}

function describeStoppedJob(subject: ContractSubject): void {
  const worldSize = subject.hostCount * subject.ranksPerHost;

  test("stops a job with all its processes, from a process that attaches if possible", async () => {
    let current = await launch(subject, "endless", onTestFinished);
    expect(current.job.guard.kind === "outlives").toBe(subject.outlivesPitwall);
    const endOnTerm = subject.ranks === "processes" ? evenRanks(worldSize) : [];
    let following = new Following(current.job);
    await following.until((events) => haveAll(events, worldSize, seenLines));
    if (subject.outlivesPitwall) {
      current.job.detach?.();
      await current.launcher.close?.();
      const before = linesOf(following.events, 0).length;
      const launcher = subject.open("endless");
      const attached = await attach(launcher, current);
      expect(attached).toMatchObject({ hasEnded: false });
      expect(attached.processCount).toBeGreaterThanOrEqual(worldSize);
      current = { ...current, launcher, job: attached.job };
      following = new Following(attached.job);
      await following.until((events) => haveAll(events, worldSize, before + seenLines));
    }
    const { job, launcher } = current;
    const stops = [job.stop({ graceMs: longGraceMs })];
    // Even ranks end on SIGTERM, in their own time.
    await following.until((events) => endOnTerm.every((rank) => hasExited(events, rank)));
    stops.push(job.stop({ graceMs: 0 }));
    const events = await following.toEnd();
    await Promise.all(stops);
    expect(current.processes()).toEqual([]);
    if (subject.ranks === "simulated")
      expect(exitOf(events, 0)).toMatchObject({ signal: "SIGTERM" });
    else expectStopped(events, worldSize, endOnTerm);
    await job.release?.();
    await launcher.close?.();
  });
}

function testMissingProgram(subject: ContractSubject): void {
  const worldSize = subject.hostCount * subject.ranksPerHost;
  if (subject.missingProgram === "never") return;

  test("a program that does not exist is named", async () => {
    const { command, options } = contractJob("missing", envOf(subject), onTestFinished);
    const launcher = subject.open("missing");
    const outcome = await launcher.launch(command, options);
    if (subject.missingProgram === "refused") {
      expect(outcome).toMatchObject({ kind: "program-not-found", program: "no such python" });
      return;
    }
    const job = await jobOf(outcome);
    onTestFinished(async () => {
      await job.release?.();
      await launcher.close?.();
    });
    const events = await new Following(job).toEnd();
    // Engines end the other ranks after the first failure, maybe before they have tried.
    const ranks = Array.from({ length: worldSize }, (_, rank) => rank);
    const missing = ranks.filter((rank) => {
      const exit = exitOf(events, rank);
      return exit?.kind === "exited" && exit.exitCode === 127;
    });
    expect(missing).not.toEqual([]);
    for (const rank of missing)
      expect(String(bytesOf(events, rank, "stderr"))).toContain("cannot start `no such python`");
  });
}

interface Launched extends ContractJob {
  launcher: Launcher;
  job: LaunchedJob;
}

async function launch(
  subject: ContractSubject,
  program: ContractProgram,
  onEnd: (remove: () => void) => void,
): Promise<Launched> {
  const requested = contractJob(program, envOf(subject), onEnd);
  const launcher = subject.open(program);
  const job = await jobOf(await launcher.launch(requested.command, requested.options));
  return { ...requested, launcher, job };
}

function evenRanks(worldSize: number): number[] {
  return Array.from({ length: worldSize }, (_, rank) => rank).filter((rank) => rank % 2 === 0);
}

function envOf(subject: ContractSubject): Readonly<Record<string, string | undefined>> {
  return { ...process.env, ...subject.env?.() };
}

async function jobOf(outcome: LaunchOutcome): Promise<LaunchedJob> {
  if (outcome.kind === "launched") return outcome.job;
  if (outcome.kind !== "queued") throw new Error(JSON.stringify(outcome));
  const { waiting } = outcome.queued;
  for (;;) {
    const next = await waiting.next();
    if (next.done !== true) continue;
    if (next.value.kind === "launched") return next.value.job;
    throw new Error(JSON.stringify(next.value));
  }
}

async function attach(launcher: Launcher, { job, options }: Launched) {
  const { ranks, launchedMs } = job;
  const outcome = await launcher.attach?.({
    runDirectory: options.runDirectory,
    ranks,
    launchedMs,
  });
  if (outcome?.kind !== "attached") throw new Error(JSON.stringify(outcome));
  return outcome;
}

/** Reads the events of a job as they come. */
class Following {
  readonly events: LaunchEvent[] = [];
  readonly #ended: Promise<void>;
  #isOver = false;
  #notice: () => void = () => undefined;

  constructor(job: LaunchedJob) {
    this.#ended = this.#read(job);
  }

  async until(isReached: (events: readonly LaunchEvent[]) => boolean): Promise<void> {
    while (!isReached(this.events)) {
      if (this.#isOver) throw new Error(`the job has ended: ${JSON.stringify(this.events.at(-2))}`);
      await new Promise<void>((resolve) => {
        this.#notice = resolve;
      });
    }
  }

  async toEnd(): Promise<LaunchEvent[]> {
    await this.#ended;
    return this.events;
  }

  async #read(job: LaunchedJob): Promise<void> {
    for await (const event of job.events) {
      this.events.push(event);
      this.#notice();
    }
    this.#isOver = true;
    this.#notice();
  }
}

function expectPlaces({ hosts, ranks }: LaunchedJob, subject: ContractSubject): void {
  const { hostCount, ranksPerHost } = subject;
  expect(new Set(hosts).size).toBe(hostCount);
  expect(ranks.map(({ rank, localRank, host }) => ({ rank, localRank, host }))).toEqual(
    Array.from({ length: hostCount * ranksPerHost }, (_, rank) => ({
      rank,
      localRank: rank % ranksPerHost,
      host: hosts[Math.floor(rank / ranksPerHost)],
    })),
  );
}

function expectWhole(events: readonly LaunchEvent[], rank: number, worldSize: number): void {
  const expected = wholeOutput(rank, worldSize);
  for (const stream of ["stdout", "stderr"] as const)
    expect(readable(bytesOf(events, rank, stream))).toBe(readable(expected[stream]));
}

/** One letter per byte, and the number of those that are repeated often. */
function readable(bytes: Buffer): string {
  return bytes.toString("latin1").replaceAll(/(.)\1{99,}/gsu, (run) => `${run[0]}*${run.length}`);
}

function expectExits(events: readonly LaunchEvent[], worldSize: number): void {
  for (let rank = 0; rank < worldSize; rank++)
    expect(exitOf(events, rank)).toEqual(wholeExit(rank, worldSize));
}

/** No line is lost or repeated, also where another process has attached. */
function expectStopped(
  events: readonly LaunchEvent[],
  worldSize: number,
  endOnTerm: readonly number[],
): void {
  for (let rank = 0; rank < worldSize; rank++) {
    const isEnded = endOnTerm.includes(rank);
    const lines = linesOf(events, rank);
    const numbered = isEnded ? lines.slice(0, -1) : lines;
    expect(numbered).toEqual(numbered.map((_, line) => `rank ${rank} line ${line}`));
    if (isEnded) expect(lines.at(-1)).toBe(`rank ${rank} stopped`);
    expect(exitOf(events, rank)).toEqual(
      isEnded ? { kind: "exited", exitCode: 0 } : { kind: "signalled", signal: "SIGKILL" },
    );
  }
  expect(events.filter(({ kind }) => kind === "ended")).toHaveLength(1);
  expect(events.filter(({ kind }) => kind === "host-lost")).toEqual([]);
}

function expectTimes(
  events: readonly LaunchEvent[],
  { launchedMs, hosts }: LaunchedJob,
  { hasOtherClocks }: ContractSubject,
): void {
  for (const host of hosts) {
    const own = events.filter((event) => "rank" in event && event.host === host);
    const timesMs = [launchedMs, ...own.map(({ timeMs }) => timeMs)];
    expect(timesMs).toEqual(timesMs.toSorted((a, b) => a - b));
    const hostTimes = own.map((event) => ("hostMs" in event ? typeof event.hostMs : "undefined"));
    expect(new Set(hostTimes)).toEqual(new Set([hasOtherClocks ? "number" : "undefined"]));
    const clocks = events.filter((event) => event.kind === "clock-measured" && event.host === host);
    expect(clocks.length > 0).toBe(hasOtherClocks);
    // All hosts of the tests have the clock of this machine.
    for (const clock of clocks)
      if (clock.kind === "clock-measured")
        expect(Math.abs(clock.offsetMs)).toBeLessThanOrEqual(clock.uncertaintyMs + 1);
  }
}

function bytesOf(events: readonly LaunchEvent[], rank: number, stream: OutputStream): Buffer {
  return Buffer.concat(
    events.flatMap((event) =>
      event.kind === "output" && event.rank === rank && event.stream === stream
        ? [event.bytes]
        : [],
    ),
  );
}

/** Complete lines of standard output. */
function linesOf(events: readonly LaunchEvent[], rank: number): string[] {
  return String(bytesOf(events, rank, "stdout"))
    .split("\n")
    .slice(0, -1);
}

function haveClocks(events: readonly LaunchEvent[], { hosts }: LaunchedJob): boolean {
  return hosts.every((host) =>
    events.some((event) => event.kind === "clock-measured" && event.host === host),
  );
}

function haveAll(events: readonly LaunchEvent[], worldSize: number, lineCount: number): boolean {
  return Array.from({ length: worldSize }, (_, rank) => linesOf(events, rank).length).every(
    (count) => count >= lineCount,
  );
}

function exitOf(events: readonly LaunchEvent[], rank: number): Exit | undefined {
  for (const event of events)
    if (event.kind === "rank-exited" && event.rank === rank) return event.exit;
  return undefined;
}

function hasExited(events: readonly LaunchEvent[], rank: number): boolean {
  return exitOf(events, rank) !== undefined;
}
