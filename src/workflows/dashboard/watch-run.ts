import type { RunRequest } from "../../schema/run/run-request.ts";
import type { Evaluation, RunResult } from "../../schema/run/run-result.ts";
import type { EnergyReading } from "../../schema/run/energy.ts";
import type { RunProgress } from "../../schema/run/run-progress.ts";
import { costOfRun } from "../../score/cost-of-run.ts";
import { FollowedSamples } from "../../store/samples/follow-samples.ts";
import type { RunRecord, RunStore } from "../../store/records/run-store.ts";
import { HostTotals } from "./host-totals.ts";
import { areManySamples, readManySamples } from "./read-samples.ts";
import { type EnergyBasis, leadingEnergy } from "./watched-energy.ts";
import { WatchedLog } from "./watched-log.ts";

const bufferBytes = 1 << 20;

/**
 * How much of a record is read. `list`: all but samples of ranks. `page`: the same, and its log is held against the
 * rules. `all`: the samples of ranks too.
 */
export type RunWanted = "list" | "page" | "all";

/** What watching a run needs beside its record. */
export interface WatchWorld {
  store: RunStore;
  nowMs(): number;
  /** Of this machine; used only for runs that were launched on it. */
  energyBasis: EnergyBasis;
}

/**
 * One run, followed through the files of its record while another process writes them. It says the same as the
 * terminal of that process: the same log goes through the same engines.
 */
export class WatchedRun {
  readonly runId: string;
  readonly directory: string;
  readonly log: WatchedLog;
  readonly samples: FollowedSamples;
  readonly hostTotals = new HostTotals();
  /** Raised when something was read that was not there before. */
  version = 0;
  #record: RunRecord;
  readonly #world: WatchWorld;
  readonly #buffer = Buffer.allocUnsafeSlow(bufferBytes);
  #reading: Promise<unknown> = Promise.resolve();
  #readMs = Number.NEGATIVE_INFINITY;
  #isSettled = false;
  #readingSteps: Promise<unknown> = Promise.resolve();
  #stepsMs = Number.NEGATIVE_INFINITY;
  #areStepsSettled = false;
  #totalsGeneration = 0;
  readonly #columnsFile: string | undefined;

  /** @param columnsFile where the columns of its samples are kept once it is over; nowhere where there is none */
  constructor(record: RunRecord, world: WatchWorld, columnsFile?: string) {
    this.runId = record.runId;
    this.directory = record.directory;
    this.#record = record;
    this.#world = world;
    this.#columnsFile = columnsFile;
    this.log = new WatchedLog(record);
    this.samples = new FollowedSamples(record.directory);
  }

  get request(): RunRequest {
    return this.#record.request;
  }

  get record(): RunRecord {
    return this.#record;
  }

  get result(): RunResult | undefined {
    return this.#record.result;
  }

  /** Whether nothing more can come. */
  get isOver(): boolean {
    return this.#record.state.kind !== "running";
  }

  get evaluations(): readonly Evaluation[] {
    return this.result?.evaluations ?? this.log.reader.run.evaluations;
  }

  /** When the program was started, milliseconds since the epoch; the record's making until then. */
  get launchedMs(): number {
    const launched = this.#record.events.events.find(({ event }) => event.kind === "launched");
    return this.result?.clock.launchedMs ?? launched?.timeMs ?? this.request.createdMs;
  }

  get runStartMs(): number | undefined {
    return this.result?.clock.runStartMs ?? this.log.reader.run.start?.arrivalMs;
  }

  /** The last moment that is known of a run that is over; now for one that goes on. */
  get untilMs(): number {
    if (this.result !== undefined) return this.result.clock.endedMs;
    if (this.#record.state.kind === "running") return this.#world.nowMs();
    const lastEventMs = this.#record.events.events.at(-1)?.timeMs ?? this.request.createdMs;
    const hosts = [...this.samples.samplesByHost.values()];
    return Math.max(lastEventMs, ...hosts.map((samples) => samples.at(-1)?.timeMs ?? 0));
  }

  /** Whether the samples of ranks are still to be read, and so many that nobody should wait for them. */
  get hasMuchToRead(): boolean {
    return !this.samples.hasReadSteps && areManySamples(this.samples);
  }

  /**
   * Reads what is new of the record. Who wants no samples of ranks does not wait for who does.
   *
   * @param notOlderMs what was read at most so long ago is new enough
   * @returns false where the record is gone
   */
  async readOn(wanted: RunWanted, notOlderMs = 0): Promise<boolean> {
    if (wanted !== "list") this.log.reader.startRules();
    const read = this.#reading.then(() => this.#readOn(notOlderMs));
    this.#reading = read.catch(() => undefined);
    if (!(await read)) return false;
    if (wanted !== "all") return true;
    const readSteps = this.#readingSteps.then(() => this.#readSteps(notOlderMs));
    this.#readingSteps = readSteps.catch(() => undefined);
    await readSteps;
    return true;
  }

  async #readOn(notOlderMs: number): Promise<boolean> {
    const nowMs = this.#world.nowMs();
    if (this.#isSettled || nowMs - this.#readMs < notOlderMs) return true;
    // First whether it is over: then what is read behind it is complete.
    const opened = await this.#world.store.open(this.runId);
    if (opened.kind !== "opened") return false;
    const isOver = opened.record.state.kind !== "running";
    await this.log.readOn(this.#buffer, opened.record.events.events);
    await this.samples.readOn("host");
    this.#record = opened.record;
    this.#growTotals();
    this.#readMs = nowMs;
    this.#isSettled = isOver;
    this.version += 1;
    return true;
  }

  async #readSteps(notOlderMs: number): Promise<void> {
    const nowMs = this.#world.nowMs();
    if (this.#areStepsSettled || nowMs - this.#stepsMs < notOlderMs) return;
    const isOver = this.#isSettled;
    if (!this.samples.hasReadSteps) {
      const columnsFile = this.result === undefined ? undefined : this.#columnsFile;
      const { samples, directory } = this;
      await readManySamples({ samples, recordDirectory: directory, columnsFile });
    }
    await this.samples.readOn("all");
    this.#growTotals();
    this.#stepsMs = nowMs;
    this.#areStepsSettled = isOver;
    this.version += 1;
  }

  #growTotals(): void {
    if (this.#totalsGeneration !== this.samples.generation) {
      this.#totalsGeneration = this.samples.generation;
      this.hostTotals.clear();
    }
    const { launchedMs } = this;
    this.hostTotals.grow(this.samples.samplesByHost, { launchedMs, basis: this.#basis() });
  }

  /** The processors of the launching host are unknown if it is another machine. */
  #basis(): EnergyBasis | undefined {
    const { state } = this.#record;
    const isElsewhere = state.kind === "running" && state.owner === "elsewhere";
    return isElsewhere ? undefined : this.#world.energyBasis;
  }

  /** So far, or in the end. */
  get energy(): readonly EnergyReading[] {
    return this.result?.energy ?? this.hostTotals.readings;
  }

  /** How far the run is, by the engines of the terminal's line; of a run that is over, how far it came. */
  progress(earlierCrossingsMs: readonly number[]): RunProgress {
    const { result, launchedMs, untilMs } = this;
    const { price, system } = this.request;
    const billedMs = Math.max(0, untilMs - launchedMs);
    const cost = costOfRun({ billedMs, trainingMs: undefined, price, system });
    const isStopping = this.#record.events.events.some(({ event }) => event.kind === "stopping");
    const { reader } = this.log;
    reader.checklistUpdate(this.#world.nowMs());
    const progress = reader.progress({
      nowMs: untilMs,
      launchedMs,
      isStopping,
      costUsd: cost.kind === "priced" ? cost.billedUsd : undefined,
      energy: this.energy,
      earlierCrossingsMs,
    });
    return result === undefined ? progress : { ...progress, ...inTheEnd(result) };
  }
}

/** What the verdict says, where it says it. */
function inTheEnd(result: RunResult): Partial<RunProgress> {
  const { outcome, clock, cost } = result;
  const best = outcome.kind === "reached" ? outcome.quality : outcome.bestQuality;
  const stopMs = clock.runStopMs ?? clock.endedMs;
  const ranMs = clock.runStartMs === undefined ? undefined : stopMs - clock.runStartMs;
  const clockMs = outcome.kind === "reached" ? outcome.timeToTrainMs : ranMs;
  return {
    launchedForMs: clock.billedMs,
    ...(clockMs === undefined ? {} : { clockMs: Math.max(0, clockMs) }),
    ...(best === undefined ? {} : { best }),
    ...(result.target === undefined ? {} : { target: result.target }),
    ...(result.samplesPerSecond === undefined ? {} : { samplesPerSecond: result.samplesPerSecond }),
    costUsd: cost.kind === "priced" ? cost.billedUsd : undefined,
    energy: leadingEnergy(result.energy),
    predicted: undefined,
  };
}
