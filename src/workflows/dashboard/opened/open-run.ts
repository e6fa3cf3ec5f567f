import { randomBytes } from "node:crypto";
import type { HeatmapDocument, SeriesDocument } from "../../../schema/dashboard/run-series.ts";
import { AnswerCache } from "./answer-cache.ts";
import { viewHeading } from "../views/describe-watched-run.ts";
import type { FirstView } from "./first-view.ts";
import { RunIntegrity } from "./run-integrity.ts";
import { type PointSource, pointSources } from "../views/run-points.ts";
import { type HeatmapQuery, viewRunHeatmap } from "../views/view-run-heatmap.ts";
import { SeriesTail, type SeriesQuery, viewRunSeries } from "../views/view-run-series.ts";
import { WatchRunPoints } from "../views/watched-points.ts";
import type { WatchedRun } from "../follow/watch-run.ts";

const maxTails = 32;

/** One run in memory with all its telemetry, and the answers computed from it. */
export class OpenRun {
  readonly run: WatchedRun;
  readonly points = new WatchRunPoints();
  readonly integrity: RunIntegrity;
  /** Distinguishes this opening of the run from earlier and later ones. */
  readonly openingId = randomBytes(6).toString("hex");
  /** Number of clients that follow the run. */
  watcherCount = 0;
  /** When it was last requested. */
  usedMs = 0;
  isRemoved = false;
  /** The first reading of a large run's samples, while it is in progress. */
  firstReading: Promise<void> | undefined;
  /** What is stored of a finished run with many samples, which are not read as long as it suffices. */
  firstView: FirstView | undefined;
  readonly #tails = new Map<string, SeriesTail>();
  readonly #seriesAnswers = new AnswerCache<SeriesDocument | undefined>();
  readonly #heatmapAnswers = new AnswerCache<HeatmapDocument>();
  #grownVersion = -1;
  #sources: { version: number; list: PointSource[] } = { version: -1, list: [] };

  constructor(run: WatchedRun) {
    this.run = run;
    this.integrity = new RunIntegrity(run);
  }

  /** Changes when earlier points are no longer valid. */
  get origin(): string {
    return `${this.run.samples.generation} ${this.points.generation}`;
  }

  sources(): PointSource[] {
    const { version } = this.run;
    if (this.#sources.version !== version) {
      this.points.growFrom(this.run);
      this.#sources = { version, list: pointSources(this.run, this.points) };
    }
    return this.#sources.list;
  }

  /** @returns undefined if the run has no points on the requested axis */
  series(query: SeriesQuery): SeriesDocument | undefined {
    const sources = this.sources();
    return this.#seriesAnswers.get(JSON.stringify(query), this.run.version, () =>
      viewRunSeries(this.run, sources, query),
    );
  }

  heatmap(query: HeatmapQuery): HeatmapDocument {
    return this.#heatmapAnswers.get(JSON.stringify(query), this.run.version, () =>
      viewRunHeatmap(this.run, query),
    );
  }

  /** Series that grow with the run, for clients that follow it. */
  tail(query: SeriesQuery): SeriesTail {
    const key = JSON.stringify(query);
    const known = this.#tails.get(key);
    if (known !== undefined) return known;
    if (this.#tails.size >= maxTails) this.#tails.clear();
    const tail = new SeriesTail(query);
    tail.growFrom(this.run, this.sources(), this.origin);
    this.#tails.set(key, tail);
    if (this.firstView?.has(query) === false)
      this.firstView.store(query, tail.all(), () => viewHeading(this.run, this.sources()));
    return tail;
  }

  /** Adds new points to all tails; does nothing if the run has not changed. */
  grow(): void {
    if (this.#grownVersion === this.run.version) return;
    this.#grownVersion = this.run.version;
    const sources = this.sources();
    for (const tail of this.#tails.values()) tail.growFrom(this.run, sources, this.origin);
  }

  /** Drops the tails of a run in progress. Those of a finished run are kept for the next client. */
  releaseTails(): void {
    if (!this.run.isOver) this.#tails.clear();
  }
}
