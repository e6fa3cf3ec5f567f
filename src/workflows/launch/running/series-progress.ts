import { runName } from "../../../schema/run/request/run-name.ts";
import type { RunRequest } from "../../../schema/run/request/run-request.ts";
import type { SeriesStop } from "../../../schema/run/request/series-stop.ts";
import type { RunReport } from "../../../schema/run/outcome/series-summary.ts";
import { seriesStop, type EndedRun } from "../../../score/series/series-stop.ts";
import { makeRunId, makeSeriesId } from "../../../store/records/find/run-id.ts";
import type { SeriesPlan } from "../prepare/plan-series.ts";
import type { RunWorld } from "../targets/run-world.ts";

/** What distinguishes a run from the others of its series. */
type NextRun = Pick<RunRequest, "runId" | "series" | "createdMs" | "seed" | "isWarmup" | "retryOf">;

/** The position in a series: which run comes next, and whether one does. */
export class Series {
  /** The runs with a result, in order, those before a resume included. */
  readonly reports: RunReport[];
  readonly #plan: SeriesPlan;
  readonly #world: Pick<RunWorld, "nowMs">;
  readonly #id: string;
  readonly #requestedSeeds: readonly number[];
  readonly #seeds: number[];
  #warmupsLeft: number;
  #index: number;
  /** The last attempts of this command's runs. */
  readonly #ended: EndedRun[] = [];
  #stop: SeriesStop | undefined;
  #current: { seed: number; isWarmup: boolean; retryCount: number } | undefined;

  constructor(plan: SeriesPlan, world: Pick<RunWorld, "nowMs" | "random">) {
    const { resumes, seeds, warmupCount = 0 } = plan;
    const made = { name: runName(plan), createdMs: world.nowMs(), random: () => world.random() };
    this.#plan = plan;
    this.#world = world;
    this.#id = resumes?.id ?? makeSeriesId(made);
    this.#requestedSeeds = resumes?.requestedSeeds ?? seeds;
    this.#seeds = [...seeds];
    this.#warmupsLeft = warmupCount;
    this.#index = resumes?.lastIndex ?? 0;
    this.reports = [...(resumes?.earlier ?? [])];
  }

  /** Times to train of the runs so far. */
  get crossingsMs(): number[] {
    return this.reports.flatMap(({ result: { outcome } }) =>
      outcome.kind === "reached" ? [outcome.timeToTrainMs] : [],
    );
  }

  /** The next run; undefined if the series is over. */
  next(): NextRun | undefined {
    if (this.#stop !== undefined) return undefined;
    const former = this.#current;
    const died = this.reports.at(-1);
    if (former !== undefined && died !== undefined && this.#isRetried(died.result)) {
      this.#current = { ...former, retryCount: former.retryCount + 1 };
      return { ...this.#request(former.seed), retryOf: died.request.runId };
    }
    if (this.#warmupsLeft > 0) {
      // Warm-ups have the first seed: it is read from the same data as the first run.
      const seed = this.#seeds[0] ?? 0;
      this.#warmupsLeft--;
      this.#current = { seed, isWarmup: true, retryCount: 0 };
      return { ...this.#request(seed), isWarmup: true };
    }
    const seed = this.#seeds.shift();
    if (seed === undefined) return undefined;
    this.#current = { seed, isWarmup: false, retryCount: 0 };
    return this.#request(seed);
  }

  /** Whether the series stops with a run that has just ended. */
  stopAfter(ended: EndedRun): SeriesStop | undefined {
    if (this.#isRetried(ended.result)) return undefined;
    this.#ended.push(ended);
    const isLast = this.#seeds.length === 0 && this.#warmupsLeft === 0;
    this.#stop = this.#plan.keepGoing === true || isLast ? undefined : seriesStop(this.#ended);
    return this.#stop;
  }

  finished(report: RunReport): void {
    this.reports.push(report);
  }

  /** Whether the current run is started again. */
  #isRetried({ outcome }: Pick<RunReport["result"], "outcome">): boolean {
    const { retries = 0 } = this.#plan;
    const run = this.#current;
    if (run === undefined || run.isWarmup || outcome.kind !== "died") return false;
    return run.retryCount < retries;
  }

  #request(seed: number): NextRun {
    const { keepGoing, resumes, warmupCount = 0, retries = 0 } = this.#plan;
    const index = ++this.#index;
    return {
      runId: makeRunId(this.#id, index),
      series: {
        id: this.#id,
        index,
        count: resumes?.runCount ?? index + this.#warmupsLeft + this.#seeds.length,
        seeds: [...this.#requestedSeeds],
        ...(warmupCount === 0 ? {} : { warmupCount }),
        ...(retries === 0 ? {} : { retries }),
        ...(keepGoing === true ? { keepGoing: true as const } : {}),
      },
      createdMs: this.#world.nowMs(),
      seed,
    };
  }
}
