import { basename, dirname, join, relative, resolve } from "node:path";
import type { MetricFileReader } from "../../../formats/metric-files/metric-file-reader.ts";
import type { WantedReadings } from "../../../formats/text/metrics/wanted-metric.ts";
import { suggestMetric } from "../../../formats/text/metrics/suggest-metric.ts";
import { nearestWord } from "../../../foundation/text/nearest-word.ts";
import type { Finding } from "../../../schema/run/findings/finding.ts";
import { MetricSources } from "../../../score/readings/metric-sources.ts";
import { findMetricFiles } from "../../../store/metric-files/find-metric-files.ts";
import { isDatabaseFile } from "../../../store/mlflow/database-state.ts";
import type { PlacedReading } from "../../read-run/reader/file-values.ts";
import { FollowedMlflowDatabase } from "./followed-mlflow-database.ts";
import { FollowedMlflowFolder } from "./followed-mlflow-folder.ts";
import { FollowedSource } from "./followed-source.ts";
import type { FoundFile, MetricSource, ReadPass } from "./metric-source.ts";
import { ValueHistory } from "./value-history.ts";

/** Files are looked at with this interval. */
const pollEveryMs = 200;
/** Searching folders for new files takes at most this fraction of the time, but is never rarer than the maximum. */
const searchFraction = 0.01;
const maximumSearchEveryMs = 5000;
/** One poll reads about this much, so that the program's output is not delayed. */
const maximumPiecesPerPoll = 64;
/** Files of earlier runs that one poll looks at. */
const unchangedPerPoll = 100;
/** Before the launch, this much of the files that may be rewritten is read. */
const maximumOldBytes = 64 << 20;
const maximumShownNames = 8;

/** What to read from which files. */
export interface MetricFilesRequest {
  /** As the user wrote them, relative to `folder`. */
  paths: readonly string[];
  folder: string;
  wanted: WantedReadings;
  targetMetrics: readonly string[];
  nowMs: () => number;
}

/**
 * The files and folders that a run's metrics are read from, while the program writes them. What they hold at the launch
 * belongs to earlier runs and does not count.
 */
export class MetricFiles {
  readonly #request: MetricFilesRequest;
  readonly #sources = new Map<string, MetricSource>();
  readonly #histories = new Map<string, ValueHistory>();
  readonly #groups = new Map<string, string>();
  /** Files that are or may become databases. */
  readonly #mayBeDatabases = new Map<string, FoundFile>();
  readonly #metricSources = new MetricSources();
  #launchedMs: number | undefined;
  #lookedMs = 0;
  #nextSearchMs = Number.NEGATIVE_INFINITY;
  #nextUnchanged = 0;

  private constructor(request: MetricFilesRequest) {
    this.#request = request;
  }

  /** Notes what the files hold before the launch. */
  static beforeLaunch(request: MetricFilesRequest): MetricFiles {
    const files = new MetricFiles(request);
    let leftBytes = maximumOldBytes;
    files.#search();
    files.#openDatabases();
    for (const source of files.#sources.values()) {
      if (!(source instanceof FollowedSource)) continue;
      const byteCount = source.skipOld() ?? 0;
      if (source.isAppendedOnly || byteCount > leftBytes) continue;
      leftBytes -= byteCount;
      source.readOld();
    }
    return files;
  }

  /** The same for databases. */
  async skipOldDatabases(): Promise<void> {
    for (const database of this.#databases) await database.skipOld();
  }

  launched(launchedMs: number): void {
    this.#launchedMs = launchedMs;
    this.#lookedMs = launchedMs;
  }

  /** The new readings, if it is time to look. */
  *poll(nowMs: number): Generator<PlacedReading[]> {
    if (nowMs - this.#lookedMs >= pollEveryMs) yield* this.#read(nowMs, { isLast: false });
  }

  /** The program has ended: reads the rest of the databases, for `finish`. */
  async settle(): Promise<void> {
    this.#search();
    this.#openDatabases();
    for (const database of this.#databases) await database.settle(this.#launchedMs ?? 0);
  }

  /** The remaining readings, after the program has ended. */
  *finish(endedMs: number): Generator<PlacedReading[]> {
    this.#nextSearchMs = Number.NEGATIVE_INFINITY;
    yield* this.#read(endedMs, { isLast: true });
  }

  findings({ isOver }: { isOver: boolean }): Finding[] {
    const time = { launchedMs: this.#launchedMs ?? 0, isOver };
    const sources = [...this.#sources.values()];
    const ofSources = sources.flatMap((source) => source.findings(time));
    // Other programs may go on with their runs in the same store.
    const isAllRead = this.#unreadMetrics().length === 0;
    return [
      ...this.#metricSources.findings,
      ...ofSources.filter(({ rule }) => rule !== "mlflow-run-older" || !isAllRead),
      ...(isOver ? this.#unusedPaths() : []),
      ...this.#missingMetrics(sources),
    ];
  }

  close(): void {
    for (const source of this.#sources.values()) source.close();
  }

  get #databases(): FollowedMlflowDatabase[] {
    return [...this.#sources.values()].filter((source) => source instanceof FollowedMlflowDatabase);
  }

  *#read(nowMs: number, { isLast }: { isLast: boolean }): Generator<PlacedReading[]> {
    if (nowMs >= this.#nextSearchMs) {
      const startedMs = this.#request.nowMs();
      this.#search();
      const tookMs = this.#request.nowMs() - startedMs;
      this.#nextSearchMs = nowMs + Math.min(maximumSearchEveryMs, tookMs / searchFraction);
    }
    this.#openDatabases();
    const pass = {
      launchedMs: this.#launchedMs ?? 0,
      lookedMs: this.#lookedMs,
      readMs: nowMs,
      isLast,
    };
    this.#lookedMs = nowMs;
    for (const source of isLast ? this.#sources.values() : this.#dueSources())
      yield* this.#readSource(source, pass);
  }

  *#readSource(source: MetricSource, pass: ReadPass): Generator<PlacedReading[]> {
    let pieceCount = 0;
    for (const readings of source.read(pass)) {
      const used = readings.flatMap((reading) => this.#usedPart(reading));
      if (used.length > 0) yield used;
      pieceCount += 1;
      if (!pass.isLast && pieceCount >= maximumPiecesPerPoll) return;
    }
  }

  /** All files that the run has changed or created, and some of the others in turn. */
  #dueSources(): MetricSource[] {
    const sources = [...this.#sources.values()];
    const unchanged = sources.filter(({ isChanged }) => !isChanged);
    const from = this.#nextUnchanged >= unchanged.length ? 0 : this.#nextUnchanged;
    this.#nextUnchanged = from + unchangedPerPoll;
    const due = new Set(unchanged.slice(from, from + unchangedPerPoll));
    return sources.filter((source) => source.isChanged || due.has(source));
  }

  /** Looks for files that are not known. */
  #search(): void {
    const { paths, folder } = this.#request;
    for (const path of paths) {
      const root = resolve(folder, path);
      const { isFolder, files, mlflowRuns } = findMetricFiles(root);
      if (isFolder) this.#forget(root);
      const found = (absolutePath: string): FoundFile => {
        const below = isFolder ? relative(root, absolutePath) : "";
        const parent = dirname(below);
        const parentName = parent === "." || below === "" ? undefined : basename(parent);
        return { absolutePath, path: join(path, below), folder: parentName };
      };
      for (const absolutePath of files) this.#add(found(absolutePath));
      for (const absolutePath of mlflowRuns) this.#addMlflowRun(found(absolutePath));
    }
  }

  /** A path that was missing before turned out to be a folder. */
  #forget(absolutePath: string): void {
    this.#sources.get(absolutePath)?.close();
    this.#sources.delete(absolutePath);
  }

  #addMlflowRun(found: FoundFile): void {
    if (this.#sources.has(found.absolutePath)) return;
    const { wanted } = this.#request;
    const source = new FollowedMlflowFolder(found, { wanted, isOld: !this.#isLaunched });
    this.#sources.set(found.absolutePath, source);
  }

  get #isLaunched(): boolean {
    return this.#launchedMs !== undefined;
  }

  /** Files that were empty or missing before, and turned out to be databases. */
  #openDatabases(): void {
    const { wanted, nowMs } = this.#request;
    for (const [absolutePath, found] of this.#mayBeDatabases) {
      if (!isDatabaseFile(absolutePath)) continue;
      this.#mayBeDatabases.delete(absolutePath);
      this.#forget(absolutePath);
      const options = { wanted, nowMs, isOld: !this.#isLaunched };
      this.#sources.set(absolutePath, new FollowedMlflowDatabase(found, options));
    }
  }

  #add(found: FoundFile): void {
    if (this.#sources.has(found.absolutePath)) return;
    const name = basename(found.absolutePath);
    if (found.folder === undefined || name === "mlflow.db")
      this.#mayBeDatabases.set(found.absolutePath, found);
    const { wanted, targetMetrics } = this.#request;
    const group = groupOf(found.absolutePath);
    const history = isRepeated(found.absolutePath)
      ? (this.#histories.get(group) ?? new ValueHistory())
      : new ValueHistory();
    this.#histories.set(group, history);
    const source = new FollowedSource(found, { wanted, history, targetMetrics });
    this.#groups.set(found.path, group);
    this.#sources.set(found.absolutePath, source);
  }

  /** A reading without the values that another file has already given. */
  #usedPart(reading: PlacedReading): PlacedReading[] {
    const { path } = reading;
    const { samples, clock } = this.#request.wanted;
    const isUsed = (metric: string, value: number): boolean =>
      this.#metricSources.accepts({
        metric,
        source: this.#groups.get(path) ?? path,
        path,
        step: reading.step,
        value,
      });
    const metrics = reading.metrics.filter(({ metric, value }) => isUsed(metric, value));
    const { samplesCount: count, clockMs: timeMs } = reading;
    const samplesCount =
      count !== undefined && isUsed(samples?.metric ?? "samples", count) ? count : undefined;
    const clockMs =
      timeMs !== undefined && isUsed(clock?.metric ?? "clock", timeMs) ? timeMs : undefined;
    const isEmpty = metrics.length === 0 && samplesCount === undefined && clockMs === undefined;
    return isEmpty ? [] : [{ ...reading, metrics, samplesCount, clockMs }];
  }

  /** Paths from which nothing was read. */
  #unusedPaths(): Finding[] {
    return this.#request.paths.flatMap((path): Finding[] => {
      const root = resolve(this.#request.folder, path);
      const below = [...this.#sources].filter(
        ([absolutePath]) => absolutePath === root || absolutePath.startsWith(`${root}/`),
      );
      if (below.some(([, source]) => source.isChanged || source.isRefused)) return [];
      const isThere = below.some(([, source]) => source.isOld);
      return [{ rule: isThere ? "metrics-file-unchanged" : "metrics-file-missing", path }];
    });
  }

  #missingMetrics(sources: readonly MetricSource[]): Finding[] {
    const readers = sources.flatMap(({ isChanged, reader }) =>
      isChanged && reader !== undefined ? [reader] : [],
    );
    const names = [...new Set(readers.flatMap((reader) => [...reader.names]))];
    if (names.length === 0) return [];
    return this.#unreadMetrics().map((metric) => missingMetric(metric, names, readers));
  }

  #unreadMetrics(): string[] {
    const names = this.#request.wanted.metrics.map(({ metric }) => metric);
    return names.filter((metric) => !this.#metricSources.has(metric));
  }
}

function missingMetric(
  metric: string,
  names: readonly string[],
  readers: readonly Pick<MetricFileReader, "longerNames">[],
): Finding {
  const longer = new Set(readers.flatMap((reader) => [...(reader.longerNames.get(metric) ?? [])]));
  const common = {
    rule: "metric-not-in-files" as const,
    metric,
    names: names.slice(0, maximumShownNames),
  };
  if (longer.size > 0) return { ...common, longerNames: [...longer].slice(0, maximumShownNames) };
  const suggestion = nearestName(metric, names);
  return suggestion === undefined ? common : { ...common, suggestion };
}

/** A name with the same words, such as `val/acc` for `val_acc`, else one with a similar spelling. */
function nearestName(metric: string, names: readonly string[]): string | undefined {
  const lines = names.map((name) => `${name}=0`);
  return suggestMetric(metric, lines).suggestion ?? nearestWord(metric, names);
}

/** Files that continue or repeat one another are one source. */
function groupOf(path: string): string {
  const name = basename(path);
  const folder = dirname(path);
  if (name.includes("tfevents")) return folder;
  if (name.endsWith(".wandb")) return name;
  if (!isRepeated(path)) return path;
  return /^checkpoint-\d+$/u.test(basename(folder)) ? dirname(folder) : folder;
}

/** Each checkpoint of Hugging Face's Trainer repeats the whole history. */
function isRepeated(path: string): boolean {
  return basename(path) === "trainer_state.json";
}
