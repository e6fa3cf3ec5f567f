import type {
  Exit,
  Launcher,
  LaunchEvent,
  LaunchOptions,
  LaunchOutcome,
  LaunchedProgram,
  OutputStream,
} from "./launcher.ts";

/** What a scripted program does next. Each step begins where the one before ended in time. */
export type ScriptStep =
  /** Prints text, `afterMs` later (0 by default). Line ends are the script's to give. */
  | { kind: "print"; text: string; afterMs?: number; stream?: OutputStream }
  /** Does nothing for a while; ticks pass. */
  | { kind: "stall"; durationMs: number }
  /** Ends by itself. */
  | { kind: "exit"; exit: Exit; afterMs?: number; leftRunningCount?: number }
  /** Stands still until it is stopped; ticks pass, for a day at most. */
  | { kind: "hang" };

export interface Script {
  steps: readonly ScriptStep[];
  /** What SIGTERM does: the program ends this much later, or has to be killed. At once by default. */
  onStop?: { kind: "ends"; afterMs: number; exit: Exit } | { kind: "ignored" };
}

/** What a launch asked for, for tests to look at. */
export interface RecordedLaunch {
  command: readonly string[];
  options: LaunchOptions;
}

const dayMs = 24 * 3600 * 1000;

/** Plays programs back from scripts, one per launch, with no process and no waiting: time is a value. */
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

  /** The scripted clock: the time of the last event handed on. */
  nowMs(): number {
    return this.#nowMs;
  }

  launch(command: readonly string[], options: LaunchOptions): Promise<LaunchOutcome> {
    this.launches.push({ command, options });
    const next = this.#scripts.next();
    if (next.done) return Promise.reject(new RangeError("no script is left for this launch"));
    if ("kind" in next.value) return Promise.resolve(next.value);
    const pid = 1000 + this.launches.length;
    const program = new ScriptedProgram(pid, next.value, {
      tickMs: options.tickMs ?? 0,
      nowMs: () => this.#nowMs,
      passMs: (durationMs) => (this.#nowMs += durationMs),
    });
    return Promise.resolve({ kind: "launched", program });
  }
}

interface ScriptedClock {
  tickMs: number;
  nowMs: () => number;
  passMs: (durationMs: number) => void;
}

class ScriptedProgram implements LaunchedProgram {
  readonly pid: number;
  readonly launchedMs: number;
  readonly guard = { kind: "watched" } as const;
  readonly events: AsyncIterable<LaunchEvent>;
  readonly #script: Script;
  readonly #clock: ScriptedClock;
  #graceMs: number | undefined;
  #lives = true;

  constructor(pid: number, script: Script, clock: ScriptedClock) {
    this.pid = pid;
    this.launchedMs = clock.nowMs();
    this.#script = script;
    this.#clock = clock;
    this.events = this.#play();
  }

  processIds(): number[] {
    return this.#lives ? [this.pid] : [];
  }

  stop({ graceMs }: { graceMs: number }): Promise<void> {
    this.#graceMs = Math.min(this.#graceMs ?? graceMs, graceMs);
    return Promise.resolve();
  }

  async *#play(): AsyncGenerator<LaunchEvent> {
    for (const step of this.#script.steps) {
      if (this.#isStopping) break;
      if (step.kind === "exit") {
        this.#clock.passMs(step.afterMs ?? 0);
        yield* this.#end(step.exit, step.leftRunningCount ?? 0);
        return;
      }
      yield* this.#step(step);
    }
    yield* this.#end(this.#isStopping ? this.#stopped() : { kind: "exited", exitCode: 0 }, 0);
  }

  get #isStopping(): boolean {
    return this.#graceMs !== undefined;
  }

  async *#step(step: Exclude<ScriptStep, { kind: "exit" }>): AsyncGenerator<LaunchEvent> {
    if (step.kind !== "print") {
      yield* this.#stall(step.kind === "hang" ? dayMs : step.durationMs);
      return;
    }
    yield* this.#stall(step.afterMs ?? 0);
    if (this.#isStopping) return;
    const bytes = Buffer.from(step.text);
    yield { kind: "output", timeMs: this.#clock.nowMs(), stream: step.stream ?? "stdout", bytes };
  }

  /** Lets time pass, tick by tick, until it is over or somebody stops the program. */
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

  async *#end(exit: Exit, stoppedCount: number): AsyncGenerator<LaunchEvent> {
    this.#lives = false;
    yield { kind: "exited", timeMs: this.#clock.nowMs(), exit };
    const leftovers = { stoppedCount, unkillableCount: 0 };
    yield { kind: "ended", timeMs: this.#clock.nowMs(), exit, leftovers };
  }
}
