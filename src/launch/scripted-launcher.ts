import { launchingHost } from "../schema/run/hosts/launching-host.ts";
import type { LaunchedRank } from "../schema/run/hosts/rank.ts";
import type {
  Exit,
  Launcher,
  LaunchEvent,
  LaunchOptions,
  LaunchOutcome,
  LaunchedJob,
  OutputStream,
} from "./launcher.ts";

/** A step of a scripted job. Each step starts when the previous one ends. */
export type ScriptStep =
  /** Rank 0, or the given rank, prints text after `afterMs` (default 0). No line end is added. */
  | {
      kind: "print";
      text: string | Uint8Array;
      afterMs?: number;
      stream?: OutputStream;
      rank?: number;
    }
  /** Does nothing for a while except emit ticks. */
  | { kind: "stall"; durationMs: number }
  /** The given rank exits; without `rank`, all running ranks exit. */
  | { kind: "exit"; exit: Exit; afterMs?: number; leftRunningCount?: number; rank?: number }
  /** The launcher can no longer reach a host. */
  | { kind: "lose-host"; host: string; reason: string; afterMs?: number }
  /** Emits ticks until the job is stopped, for a day at most. */
  | { kind: "hang" };

export interface Script {
  /** Default: the launching host. */
  hosts?: readonly string[];
  /** Default: 1. */
  ranksPerHost?: number;
  steps: readonly ScriptStep[];
  /** The reaction to SIGTERM: the job ends after a delay, or has to be killed. Default: it ends immediately. */
  onStop?: { kind: "ends"; afterMs: number; exit: Exit } | { kind: "ignored" };
}

/** The arguments of a launch, for tests. */
export interface RecordedLaunch {
  command: readonly string[];
  options: LaunchOptions;
}

const dayMs = 24 * 3600 * 1000;

/** Plays jobs from scripts, one per launch, without processes or waiting: time is a value. */
export class ScriptedLauncher implements Launcher {
  /** All launches so far. */
  readonly launches: RecordedLaunch[] = [];
  readonly #scripts: Iterator<Script | Exclude<LaunchOutcome, { kind: "launched" }>>;
  #nowMs: number;

  /** @param startMs the time of the first launch, milliseconds since the epoch */
  constructor(
    scripts: Iterable<Script | Exclude<LaunchOutcome, { kind: "launched" }>>,
    startMs = 1_800_000_000_000,
  ) {
    this.#scripts = scripts[Symbol.iterator]();
    this.#nowMs = startMs;
  }

  /** The scripted clock: the time of the last event. */
  nowMs(): number {
    return this.#nowMs;
  }

  launch(command: readonly string[], options: LaunchOptions): Promise<LaunchOutcome> {
    this.launches.push({ command, options });
    const next = this.#scripts.next();
    if (next.done) return Promise.reject(new RangeError("no script is left for this launch"));
    if ("kind" in next.value) return Promise.resolve(next.value);
    const job = new ScriptedJob(1000 * this.launches.length, next.value, {
      tickMs: options.tickMs ?? 0,
      nowMs: () => this.#nowMs,
      passMs: (durationMs) => (this.#nowMs += durationMs),
    });
    return Promise.resolve({ kind: "launched", job });
  }
}

interface ScriptedClock {
  tickMs: number;
  nowMs: () => number;
  passMs: (durationMs: number) => void;
}

class ScriptedJob implements LaunchedJob {
  readonly hosts: readonly string[];
  readonly ranks: readonly (LaunchedRank & { pid: number })[];
  readonly launchedMs: number;
  readonly guard = { kind: "watched" } as const;
  readonly events: AsyncIterable<LaunchEvent>;
  readonly #script: Script;
  readonly #clock: ScriptedClock;
  readonly #running: Map<number, LaunchedRank & { pid: number }>;
  #graceMs: number | undefined;

  constructor(firstPid: number, script: Script, clock: ScriptedClock) {
    const { hosts = [launchingHost], ranksPerHost = 1 } = script;
    this.hosts = hosts;
    this.ranks = ranksOf(hosts, ranksPerHost, firstPid);
    this.#running = new Map(this.ranks.map((each) => [each.rank, each]));
    this.launchedMs = clock.nowMs();
    this.#script = script;
    this.#clock = clock;
    this.events = this.#play();
  }

  processIds(host: string): number[] {
    return [...this.#running.values()].filter((each) => each.host === host).map(({ pid }) => pid);
  }

  stop({ graceMs }: { graceMs: number }): Promise<void> {
    this.#graceMs = Math.min(this.#graceMs ?? graceMs, graceMs);
    return Promise.resolve();
  }

  async *#play(): AsyncGenerator<LaunchEvent> {
    let stoppedCount = 0;
    for (const step of this.#script.steps) {
      if (this.#isStopping || this.#running.size === 0) break;
      yield* this.#step(step);
      if (step.kind === "exit") stoppedCount += step.leftRunningCount ?? 0;
    }
    if (this.#running.size > 0) {
      yield* this.#exit(this.#isStopping ? this.#stopped() : { kind: "exited", exitCode: 0 });
    }
    const leftovers = { stoppedCount, unkillablePids: [] };
    yield { kind: "ended", timeMs: this.#clock.nowMs(), leftovers };
  }

  get #isStopping(): boolean {
    return this.#graceMs !== undefined;
  }

  async *#step(step: ScriptStep): AsyncGenerator<LaunchEvent> {
    switch (step.kind) {
      case "print":
        yield* this.#stall(step.afterMs ?? 0);
        if (!this.#isStopping) yield this.#print(step);
        return;
      case "stall":
        yield* this.#stall(step.durationMs);
        return;
      case "exit":
        this.#clock.passMs(step.afterMs ?? 0);
        yield* this.#exit(step.exit, step.rank);
        return;
      case "lose-host":
        this.#clock.passMs(step.afterMs ?? 0);
        yield this.#loseHost(step);
        return;
      case "hang":
        yield* this.#stall(dayMs);
    }
  }

  #print({ text, stream = "stdout", rank = 0 }: ScriptStep & { kind: "print" }): LaunchEvent {
    const host = this.ranks.find((each) => each.rank === rank)?.host;
    if (host === undefined) throw new RangeError(`the script has no rank ${rank}`);
    const bytes = typeof text === "string" ? Buffer.from(text) : text;
    return { kind: "output", timeMs: this.#clock.nowMs(), host, rank, stream, bytes };
  }

  #loseHost({ host, reason }: ScriptStep & { kind: "lose-host" }): LaunchEvent {
    for (const each of this.ranks) if (each.host === host) this.#running.delete(each.rank);
    return { kind: "host-lost", timeMs: this.#clock.nowMs(), host, reason };
  }

  /** Advances time tick by tick, until the duration has passed or the job is stopped. */
  async *#stall(durationMs: number): AsyncGenerator<LaunchEvent> {
    const { tickMs, nowMs, passMs } = this.#clock;
    const untilMs = nowMs() + durationMs;
    const stepMs = tickMs > 0 ? tickMs : durationMs;
    while (nowMs() + stepMs < untilMs && !this.#isStopping) {
      passMs(stepMs);
      yield { kind: "tick", timeMs: nowMs() };
    }
    if (!this.#isStopping) passMs(untilMs - nowMs());
  }

  #stopped(): Exit {
    const onStop = this.#script.onStop ?? {
      kind: "ends",
      afterMs: 0,
      exit: { kind: "signalled", signal: "SIGTERM" },
    };
    const graceMs = this.#graceMs ?? 0;
    if (onStop.kind === "ends" && onStop.afterMs <= graceMs) {
      this.#clock.passMs(onStop.afterMs);
      return onStop.exit;
    }
    this.#clock.passMs(graceMs);
    return { kind: "signalled", signal: "SIGKILL" };
  }

  /** Ends one rank; without `only`, all running ranks. */
  *#exit(exit: Exit, only?: number): Generator<LaunchEvent> {
    for (const { rank, host } of this.#running.values()) {
      if (only !== undefined && rank !== only) continue;
      this.#running.delete(rank);
      yield { kind: "rank-exited", timeMs: this.#clock.nowMs(), host, rank, exit };
    }
  }
}

/** Ranks numbered consecutively, host after host, each with its own process id. */
function ranksOf(
  hosts: readonly string[],
  ranksPerHost: number,
  firstPid: number,
): (LaunchedRank & { pid: number })[] {
  return hosts.flatMap((host, hostIndex) =>
    Array.from({ length: ranksPerHost }, (_, localRank) => {
      const rank = hostIndex * ranksPerHost + localRank;
      return { host, rank, localRank, pid: firstPid + rank + 1 };
    }),
  );
}
