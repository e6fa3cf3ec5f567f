import type { RunRequest } from "../../../schema/run/request/run-request.ts";
import type { Evaluation, RunResult } from "../../../schema/run/outcome/run-result.ts";
import type { EnergyReading } from "../../../schema/run/measured/energy.ts";
import { requeuedMsOf } from "../../../schema/run/outcome/attempts.ts";
import { dataMsOf } from "../../../schema/run/measured/data-time.ts";
import type { RunProgress } from "../../../schema/run/run-progress.ts";
import type { NumberedEvaluation } from "../../../score/tracking/thinned-evaluations.ts";
import { costOfRun } from "../../../score/use/cost-of-run.ts";
import { signOfRecord } from "../../../store/records/find/run-index.ts";
import { readBuffer } from "../../../store/samples/read-buffer.ts";
import { FollowedSamples } from "../../../store/samples/follow-samples.ts";
import type { RunRecord, RunStore } from "../../../store/records/run-store.ts";
import { finalProgress } from "./final-progress.ts";
import { HostTotals } from "./host-totals.ts";
import { PrintedMetrics } from "./printed-metrics.ts";
import { hasManySamples, readManySamples } from "./read-samples.ts";
import type { EnergyBasis } from "./watched-energy.ts";
import { WatchedLog } from "./watched-log.ts";

/**
 * How much of a record to read. `list`: everything except the samples of ranks. `page`: the same, and checks the log
 * against the rules. `all`: also the samples of ranks.
 */
export type ReadScope = "list" | "page" | "all";

/** What following a run requires besides its record. */
interface RunWorld {
  store: RunStore;
  nowMs(): number;
  /** The limits of this machine are used only for runs launched on it. */
  energyBasis: EnergyBasis;
}

/**
 * One run, followed through the files of its record while another process writes them. It reports the same numbers as
 * the terminal of that process, because the same engines read the same log.
 */
export class WatchedRun {
  readonly runId: string;
  readonly directory: string;
  readonly log: WatchedLog;
  readonly samples: FollowedSamples;
  readonly hostTotals = new HostTotals();
  /** Other numbers of the output; read only for pages. */
  readonly printed: PrintedMetrics;
  /** Incremented when new data was read. */
  version = 0;
  #record: RunRecord;
  readonly #world: RunWorld;
  #reading: Promise<unknown> = Promise.resolve();
  #readMs = Number.NEGATIVE_INFINITY;
  #isSettled = false;
  #readingSteps: Promise<unknown> = Promise.resolve();
  #stepsMs = Number.NEGATIVE_INFINITY;
  #areStepsSettled = false;
  #hasManySamples = false;
  #totalsGeneration = 0;
  #sign: string | undefined;
  readonly #columnsFile: string | undefined;

  /** @param columnsFile where to store the columns of its samples when it is over; by default they are not stored */
  constructor(record: RunRecord, world: RunWorld, columnsFile?: string) {
    this.runId = record.runId;
    this.directory = record.directory;
    this.#record = record;
    this.#world = world;
    this.#columnsFile = columnsFile;
    this.log = new WatchedLog(record);
    this.printed = new PrintedMetrics(this.log.path);
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

  /** Whether the run has ended, so that no more data can arrive. */
  get isOver(): boolean {
    return this.#record.state.kind !== "running";
  }

  get evaluations(): readonly Evaluation[] {
    return this.result?.evaluations ?? this.log.reader.run.evaluations;
  }

  /** The exact number of evaluations, also if not all of them are kept. */
  get evaluationCount(): number {
    const { result } = this;
    if (result === undefined) return this.log.reader.run.series.count;
    return result.evaluationCount ?? result.evaluations.length;
  }

  /** The kept evaluations after the given number, as read from the log; from the result if the log has none. */
  evaluationsAfter(number: number): NumberedEvaluation[] {
    const { series } = this.log.reader.run;
    if (series.count > 0 || this.result === undefined) return series.keptAfter(number);
    const all = this.result.evaluations.map((evaluation, index) => ({
      number: index + 1,
      evaluation,
    }));
    return all.slice(number);
  }

  /** How many of the first evaluations remain the same until the number of merges changes. */
  get settledEvaluations(): { count: number; mergeCount: number } {
    const { settledCount, mergeCount } = this.log.reader.run.series;
    const count = this.result === undefined ? settledCount : this.result.evaluations.length;
    return { count: Math.min(count, this.evaluations.length), mergeCount };
  }

  /** When the program was started, in milliseconds since the epoch; before that, when the record was created. */
  get launchedMs(): number {
    const launched = this.#record.events.events.find(({ event }) => event.kind === "launched");
    return this.result?.clock.launchedMs ?? launched?.timeMs ?? this.request.createdMs;
  }

  get runStartMs(): number | undefined {
    return this.result?.clock.runStartMs ?? this.log.reader.run.start?.arrivalMs;
  }

  /** The end of a finished run, as far as known; the current time for a run in progress. */
  get untilMs(): number {
    if (this.result !== undefined) return this.result.clock.endedMs;
    if (this.#record.state.kind === "running") return this.#world.nowMs();
    const lastEventMs = this.#record.events.events.at(-1)?.timeMs ?? this.request.createdMs;
    const hosts = [...this.samples.samplesByHost.values()];
    return Math.max(lastEventMs, ...hosts.map((samples) => samples.at(-1)?.timeMs ?? 0));
  }

  /** Whether too many rank samples are unread for requests to wait for them. */
  get hasManyUnreadSamples(): boolean {
    if (this.samples.hasReadSteps) return false;
    // Samples are only added.
    this.#hasManySamples ||= hasManySamples(this.samples);
    return this.#hasManySamples;
  }

  /**
   * Reads the new parts of the record. Calls without samples of ranks do not wait for calls with them.
   *
   * @param maxAgeMs does not read again if the last reading is at most this old
   * @returns false if the record no longer exists
   */
  async readOn(scope: ReadScope, maxAgeMs = 0): Promise<boolean> {
    if (scope !== "list") this.log.reader.startRules();
    const read = this.#reading.then(async () => {
      const isPresent = await this.#readOn(maxAgeMs);
      if (isPresent && scope !== "list" && (await this.printed.readOn(readBuffer())))
        this.version += 1;
      return isPresent;
    });
    this.#reading = read.catch(() => undefined);
    if (!(await read)) return false;
    if (scope !== "all") return true;
    const readSteps = this.#readingSteps.then(() => this.#readSteps(maxAgeMs));
    this.#readingSteps = readSteps.catch(() => undefined);
    await readSteps;
    return true;
  }

  async #readOn(maxAgeMs: number): Promise<boolean> {
    const nowMs = this.#world.nowMs();
    if (this.#isSettled) return this.#readLabels();
    if (nowMs - this.#readMs < maxAgeMs) return true;
    // Reads the state first: if the run is over, the files read afterwards are complete.
    const opened = await this.#world.store.open(this.runId);
    if (opened.kind !== "opened") return false;
    const isOver = opened.record.state.kind !== "running";
    this.#sign = isOver ? signOfRecord(this.directory) : undefined;
    await this.log.readOn(readBuffer(), opened.record.events.events);
    await this.samples.readOn("host");
    this.#record = opened.record;
    this.#growTotals();
    this.#readMs = nowMs;
    this.#isSettled = isOver;
    this.version += 1;
    return true;
  }

  /** The labels of a run can change after it is over. */
  async #readLabels(): Promise<boolean> {
    const sign = signOfRecord(this.directory);
    if (sign === this.#sign) return true;
    const opened = await this.#world.store.open(this.runId);
    if (opened.kind !== "opened") return opened.kind === "broken";
    this.#sign = sign;
    this.#record = opened.record;
    return true;
  }

  async #readSteps(maxAgeMs: number): Promise<void> {
    const nowMs = this.#world.nowMs();
    if (this.#areStepsSettled || nowMs - this.#stepsMs < maxAgeMs) return;
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
    const { launchedMs, result } = this;
    const end = result && { timeMs: result.clock.endedMs, energy: result.energy };
    this.hostTotals.grow(this.samples.samplesByHost, { launchedMs, basis: this.#basis(), end });
  }

  /** The processors of the launching host are unknown if it is another machine. */
  #basis(): EnergyBasis {
    const { state } = this.#record;
    const isElsewhere = state.kind === "running" && state.owner === "elsewhere";
    const { energyBasis } = this.#world;
    return isElsewhere ? { ...energyBasis, limits: undefined } : energyBasis;
  }

  /** Energy so far, or in total for a finished run. */
  get energy(): readonly EnergyReading[] {
    return this.result?.energy ?? this.hostTotals.readings;
  }

  /** The progress of the run, from the same engines as the terminal; for a finished run, its final state. */
  progress(earlierCrossingsMs: readonly number[]): RunProgress {
    const { result, launchedMs, untilMs } = this;
    const { price, system, launchTarget } = this.request;
    const dataMs = dataMsOf(this.#record.events.events) ?? 0;
    const requeuedMs = requeuedMsOf(this.#record.events.events);
    const billedMs = Math.max(0, untilMs - launchedMs - requeuedMs) + dataMs;
    const cost = costOfRun({ billedMs, trainingMs: undefined, price, launchTarget, system });
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
    return result === undefined ? progress : { ...progress, ...finalProgress(result) };
  }
}
