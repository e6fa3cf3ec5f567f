import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { UserError } from "../../foundation/user-error.ts";
import type { IntegrityDocument, RunDetail } from "../../schema/dashboard/run-detail.ts";
import type { HeatmapDocument, SeriesDocument } from "../../schema/dashboard/run-series.ts";
import { recordPlace } from "../../store/records/record-gate.ts";
import { describeWatchedRun } from "./describe-watched-run.ts";
import { RunBoard } from "./list-live-runs.ts";
import { type PointSource, pointSources } from "./run-points.ts";
import { integrityOf } from "../read-run/show-run.ts";
import { type HeatmapQuestion, viewRunHeatmap } from "./view-run-heatmap.ts";
import { SeriesTail, type SeriesQuestion, viewRunSeries } from "./view-run-series.ts";
import { WatchRunPoints } from "./watched-points.ts";
import { WatchedRun, type WatchWorld } from "./watch-run.ts";

/** Files are looked at this often while somebody watches. */
const tickMs = 1000;
/** What was read at most so long ago answers a request. */
const freshForMs = 500;
/** The telemetry of a run that nobody asks for is let go after this long. */
const evictAfterMs = 60_000;
/** Rows of telemetry that may be kept of runs nobody watches, all together: about 180 MB. */
const mostIdleRows = 4_000_000;
const integrityWaitMs = 150;
/** Files that take long to compare are compared once the page has its charts. */
const integrityDelayMs = 1000;
const mostTails = 32;

/** One run that is being looked at, with all its telemetry. */
export class OpenRun {
  readonly run: WatchedRun;
  readonly points = new WatchRunPoints();
  readonly tails = new Map<string, SeriesTail>();
  /** Tells this opening of the run from an earlier or a later one. */
  readonly openingId = randomBytes(6).toString("hex");
  readonly #answers = new Map<string, { version: number; answer: unknown }>();
  watcherCount = 0;
  usedMs = 0;
  isRemoved = false;
  integrity: IntegrityDocument = { kind: "checking" };
  /** The first reading of a large run's samples, as long as it goes on. */
  firstReading: Promise<void> | undefined;
  #integrityVersion = -1;
  #wasLarge = false;
  #grownVersion = -1;
  #sources: { version: number; list: PointSource[] } = { version: -1, list: [] };

  constructor(run: WatchedRun) {
    this.run = run;
  }

  /** Another text where earlier points do not hold any more. */
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

  /** Compares files with their SHA-256 in the background, once for each verdict; waits for it only a moment. */
  async checkIntegrity(): Promise<IntegrityDocument> {
    const { record, version, isOver, hasMuchToRead } = this.run;
    this.#wasLarge ||= hasMuchToRead;
    if (this.#integrityVersion === version || hasMuchToRead) return this.integrity;
    this.#integrityVersion = version;
    const isForLater = this.#wasLarge && record.result !== undefined;
    const begun = isForLater ? pause(integrityDelayMs) : Promise.resolve();
    const checked = begun.then(async () => {
      const integrity = await integrityOf(record);
      this.integrity =
        integrity.kind === "files-changed"
          ? { ...integrity, files: [...integrity.files] }
          : integrity;
    });
    // A file that went while it was read: the next reading of the record finds it gone.
    const settled = checked.catch(() => undefined);
    if (isForLater) return this.integrity;
    await (isOver ? Promise.race([settled, pause(integrityWaitMs)]) : settled);
    return this.integrity;
  }

  /** The same question to the same data is answered once. */
  cached<Answer>(question: string, make: () => Answer): Answer {
    const known = this.#answers.get(question);
    // Only this method fills the map, and one question has one kind of answer.
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- see the line above
    if (known?.version === this.run.version) return known.answer as Answer;
    const answer = make();
    if (this.#answers.size > 64) this.#answers.clear();
    this.#answers.set(question, { version: this.run.version, answer });
    return answer;
  }

  tail(question: SeriesQuestion): SeriesTail {
    const key = JSON.stringify(question);
    const known = this.tails.get(key);
    if (known !== undefined) return known;
    if (this.tails.size >= mostTails) this.tails.clear();
    const tail = new SeriesTail(question);
    tail.growFrom(this.run, this.sources(), this.origin);
    this.tails.set(key, tail);
    return tail;
  }

  /** Fills the series on; where nothing was read since, they are as they were. */
  grow(): void {
    if (this.#grownVersion === this.run.version) return;
    this.#grownVersion = this.run.version;
    const sources = this.sources();
    for (const tail of this.tails.values()) tail.growFrom(this.run, sources, this.origin);
  }
}

/** Everything that is watched in one home. Nothing is read while nobody looks. */
export class RunWatch {
  readonly home: string;
  readonly board: RunBoard;
  readonly #world: WatchWorld;
  readonly #mayStop: boolean;
  readonly #open = new Map<string, OpenRun>();
  readonly #listeners = new Set<() => void>();
  #boardMs = Number.NEGATIVE_INFINITY;
  #refreshing: Promise<void> | undefined;
  #timer: NodeJS.Timeout | undefined;
  #eviction: NodeJS.Timeout | undefined;
  #boardWatchers = 0;
  #isTicking = false;

  constructor(home: string, world: WatchWorld, { mayStop }: { mayStop: boolean }) {
    this.home = home;
    this.#world = world;
    this.#mayStop = mayStop;
    this.board = new RunBoard(home, world);
  }

  nowMs(): number {
    return this.#world.nowMs();
  }

  /** Brings the list of runs up to date, unless it is. */
  async refreshBoard(): Promise<void> {
    if (this.nowMs() - this.#boardMs < freshForMs) return;
    this.#refreshing ??= this.board.refresh().finally(() => {
      this.#refreshing = undefined;
      this.#boardMs = this.nowMs();
    });
    await this.#refreshing;
  }

  /**
   * Opens a run with all its telemetry, up to date.
   *
   * @throws UserError `unknown-run`, `record-broken`, `record-linked`
   */
  async open(runId: string): Promise<OpenRun> {
    const opened = await this.#opened(runId);
    if (!(await opened.run.readOn("all", freshForMs))) throw this.#removed(opened);
    this.#evict();
    return opened;
  }

  /**
   * Opens a run for what is told of it before its telemetry: where that is long, it is read meanwhile, and who listens is
   * called when it is there.
   *
   * @throws UserError `unknown-run`, `record-broken`, `record-linked`
   */
  async openPage(runId: string): Promise<OpenRun> {
    const opened = await this.#opened(runId);
    const { run } = opened;
    if (!(await run.readOn("page", freshForMs))) throw this.#removed(opened);
    if (run.hasMuchToRead) this.#readFirst(opened);
    else if (!(await run.readOn("all", freshForMs))) throw this.#removed(opened);
    this.#evict();
    return opened;
  }

  async #opened(runId: string): Promise<OpenRun> {
    const known = this.#open.get(runId);
    const isThere = await this.#checkPlace(runId);
    const opened = isThere && known !== undefined ? known : await this.#openRecord(runId);
    opened.usedMs = this.nowMs();
    return opened;
  }

  #readFirst(opened: OpenRun): void {
    opened.firstReading ??= opened.run.readOn("all").then(
      () => {
        opened.firstReading = undefined;
        this.#callListeners();
      },
      () => {
        // The disk refused for now: the next look tries again.
        opened.firstReading = undefined;
      },
    );
  }

  async #checkPlace(runId: string): Promise<boolean> {
    const place = await recordPlace(this.home, runId);
    if (place.kind === "absent") {
      const known = this.#open.get(runId);
      throw known === undefined ? unknownRun(runId) : this.#removed(known);
    }
    if (place.kind === "linked") {
      throw new UserError("record-linked", `the record of \`${runId}\` can't be shown`, {
        saw: `${place.what} is a link`,
        hint: "links are not followed here: copy the record into the home",
      });
    }
    return true;
  }

  async #openRecord(runId: string): Promise<OpenRun> {
    const outcome = await this.#world.store.open(runId);
    if (outcome.kind === "unknown") throw unknownRun(runId);
    if (outcome.kind === "broken") {
      throw new UserError("record-broken", `the record of \`${runId}\` can't be read`, {
        hint: outcome.reason,
      });
    }
    const raced = this.#open.get(runId);
    if (raced !== undefined) return raced;
    const columnsFile = join(this.home, "cache", `${outcome.record.runId}.columns`);
    const opened = new OpenRun(new WatchedRun(outcome.record, this.#world, columnsFile));
    this.#open.set(runId, opened);
    return opened;
  }

  #removed(opened: OpenRun): UserError {
    opened.isRemoved = true;
    this.#open.delete(opened.run.runId);
    return unknownRun(opened.run.runId);
  }

  earlierCrossingsMs({ request: { series } }: WatchedRun): number[] {
    return this.board.earlierCrossingsMs(series.id, series.index);
  }

  async detail(opened: OpenRun): Promise<RunDetail> {
    if (opened.run.request.series.count > 1) await this.refreshBoard();
    return describeWatchedRun(opened.run, opened.sources(), {
      earlierCrossingsMs: this.earlierCrossingsMs(opened.run),
      integrity: await opened.checkIntegrity(),
      mayStop: this.#mayStop,
    });
  }

  /** @throws UserError `axis-unavailable` */
  series(opened: OpenRun, question: SeriesQuestion): SeriesDocument {
    const key = `series ${JSON.stringify(question)}`;
    const sources = opened.sources();
    const document = opened.cached(key, () => viewRunSeries(opened.run, sources, question));
    if (document !== undefined) return document;
    throw new UserError(
      "axis-unavailable",
      `\`${opened.run.runId}\` has no points by ${question.xAxis}`,
      { hint: axisHints[question.xAxis] },
    );
  }

  heatmap(opened: OpenRun, question: HeatmapQuestion): HeatmapDocument {
    const key = `heatmap ${JSON.stringify(question)}`;
    return opened.cached(key, () => viewRunHeatmap(opened.run, question));
  }

  /** Keeps the list up to date, and calls after each look, until the answer is called. */
  watchBoard(listener: () => void): () => void {
    this.#boardWatchers += 1;
    const stop = this.#listen(listener);
    return () => {
      this.#boardWatchers -= 1;
      stop();
    };
  }

  /** Keeps a run up to date, and calls after each look, until the answer is called. */
  watchRun(opened: OpenRun, listener: () => void): () => void {
    opened.watcherCount += 1;
    const stop = this.#listen(listener);
    return () => {
      opened.watcherCount -= 1;
      opened.usedMs = this.nowMs();
      // Those of a run that is over stay as they are, for whoever comes next.
      if (opened.watcherCount === 0 && !opened.run.isOver) opened.tails.clear();
      stop();
    };
  }

  #listen(listener: () => void): () => void {
    this.#listeners.add(listener);
    this.#timer ??= setInterval(() => void this.#tick(), tickMs);
    return () => {
      this.#listeners.delete(listener);
      if (this.#listeners.size > 0) return;
      clearInterval(this.#timer);
      this.#timer = undefined;
    };
  }

  close(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
    clearTimeout(this.#eviction);
    this.#eviction = undefined;
  }

  async #tick(): Promise<void> {
    // A look that takes longer than a tick is not overtaken.
    if (this.#isTicking) return;
    this.#isTicking = true;
    try {
      if (this.#boardWatchers > 0) await this.refreshBoard();
      for (const opened of this.#open.values())
        if (opened.watcherCount > 0) await this.#look(opened);
      this.#evict();
    } catch {
      // The disk refused for now: what is shown grows old, and the next look may succeed.
    } finally {
      this.#isTicking = false;
    }
    this.#callListeners();
  }

  #callListeners(): void {
    for (const listener of this.#listeners) listener();
  }

  async #look(opened: OpenRun): Promise<void> {
    const place = await recordPlace(this.home, opened.run.runId);
    const { run } = opened;
    const isThere = place.kind === "inside" && (await run.readOn("page"));
    if (!isThere) return void this.#removed(opened);
    // Others are not kept waiting by a long reading.
    if (run.hasMuchToRead) return this.#readFirst(opened);
    await run.readOn("all", freshForMs);
    opened.grow();
  }

  /** Lets go of what nobody has asked for in a while, and of the oldest where that is too much. */
  #evict(): void {
    const nowMs = this.nowMs();
    const idle = [...this.#open.values()]
      .filter(({ watcherCount }) => watcherCount === 0)
      .toSorted((a, b) => b.usedMs - a.usedMs);
    clearTimeout(this.#eviction);
    this.#eviction = undefined;
    if (idle.length > 0) {
      this.#eviction = setTimeout(() => this.#evict(), evictAfterMs + tickMs);
      this.#eviction.unref();
    }
    let rows = 0;
    for (const [index, opened] of idle.entries()) {
      rows += opened.run.samples.steps.rowCount;
      const isTooMuch = index > 0 && rows > mostIdleRows;
      if (isTooMuch || nowMs - opened.usedMs > evictAfterMs) this.#open.delete(opened.run.runId);
    }
  }
}

const axisHints = {
  clock: "its clock has not started",
  wall: "",
  samples: "the program does not count samples",
  epochs: "its log does not say how many samples are in an epoch",
  dollars: "give a price when it is run: `--price`",
  energy: "no energy was read yet",
} as const;

function unknownRun(runId: string): UserError {
  return new UserError("unknown-run", `there is no run \`${runId.slice(0, 200)}\``, {
    hint: "`pitwall runs` lists them",
  });
}

function pause(ms: number): Promise<void> {
  return new Promise((resolve) => {
    setTimeout(resolve, ms).unref();
  });
}
