import { likelyTarget } from "../../schema/run/outcome/likely-target.ts";
import { matchName, namesMetric } from "../../formats/text/names/match-name.ts";
import { nearestWord } from "../../foundation/text/nearest-word.ts";
import { UserError, WorldError } from "../../foundation/errors/user-error.ts";
import type { TrainingFormat } from "../../formats/training-formats.ts";
import { parseTarget } from "../../schema/run/outcome/target-text.ts";
import type { Price } from "../../schema/run/request/price.ts";
import type { RunLabels } from "../../schema/run/request/run-labels.ts";
import type { LogOrigin } from "../../schema/run/events/log-origin.ts";
import type { RunRequest } from "../../schema/run/request/run-request.ts";
import type { RunReport, SeriesSummary } from "../../schema/run/outcome/series-summary.ts";
import type { SystemDescription } from "../../schema/system-description.ts";
import { summariseSeries } from "../../score/series/summarise-series.ts";
import { makeRunId, makeSeriesId } from "../../store/records/find/run-id.ts";
import type { RunStore } from "../../store/records/run-store.ts";
import { planSeries, type SeriesPlan } from "../launch/prepare/plan-series.ts";
import type { TargetTexts } from "../launch/targets/plan-targets.ts";
import type { RunWorld } from "../launch/targets/run-world.ts";
import { storedSettings } from "./experiment-settings.ts";
import { findTrainings } from "./find-trainings.ts";
import { loadTrainings } from "./load-trainings.ts";
import type { LoadedTraining } from "./loaded-training.ts";
import { withoutSecondFiles } from "./one-of-two-files.ts";
import { copyNames, replayLog } from "./replay-log.ts";

/** What to import, and how to judge it. */
export interface LogImport {
  /** Files and folders, as the user gave them. */
  sources: readonly string[];
  cwd: string;
  format: TrainingFormat | undefined;
  targets: TargetTexts;
  metrics: readonly string[];
  samples: string | undefined;
  edition: string | undefined;
  price: Price | undefined;
  system: SystemDescription;
  /** Default: derived from each log. */
  name: string | undefined;
  labels: Omit<RunLabels, "name">;
}

type ImportWorld = Pick<RunWorld, "store" | "nowMs" | "random" | "describe">;

export type LogImportEvent =
  /** A folder has these formats too; only the first is imported. */
  | {
      kind: "other-formats";
      source: string;
      used: TrainingFormat;
      others: readonly TrainingFormat[];
    }
  | { kind: "price-unused"; path: string }
  /** A training among several that does not have the metric of the target. */
  | { kind: "without-metric"; path: string; run: string | undefined }
  | { kind: "run-imported"; report: RunReport }
  | { kind: "series-imported"; summary: SeriesSummary; runs: readonly RunReport[] };

/**
 * Makes a record of each training in files and folders. All are read and checked before the first record is made.
 *
 * @throws UserError `log-without-metrics`, `target-missing`, `metric-not-in-log`, `already-imported`, and what finding,
 * loading and planning throw
 */
export async function* importLogs(
  request: LogImport,
  world: ImportWorld,
  interrupt: AbortSignal,
): AsyncGenerator<LogImportEvent> {
  const loaded: LoadedTraining[] = [];
  for (const source of request.sources) {
    interrupt.throwIfAborted();
    const { trainings, notice } = await loadSource(source, request);
    if (notice !== undefined) yield notice;
    loaded.push(...trainings);
  }
  const planned = loaded.map((training) => ({ training, plan: planOf(training, request) }));
  const kept = await withoutSecondFiles(planned.filter(hasItsMetric));
  if (kept.length === 0) for (const each of planned) requireMetric(each);
  await refuseAgain(kept, world.store);
  yield* noticesOf(planned, request);
  for (const series of seriesOf(kept)) {
    interrupt.throwIfAborted();
    yield* importSeries(series, request, world);
  }
}

/** Events about what is not imported, or not used. */
type Notice = Exclude<LogImportEvent, { kind: "run-imported" | "series-imported" }>;

async function loadSource(
  source: string,
  { cwd, format }: LogImport,
): Promise<{ trainings: LoadedTraining[]; notice: Notice | undefined }> {
  const found = await findTrainings(source, { cwd, requested: format });
  const { trainings, otherFormats: others } = found;
  const loaded: LoadedTraining[] = [];
  for (const files of trainings) loaded.push(...(await loadSome(files, trainings.length > 1)));
  if (loaded.length === 0) throw withoutMetrics(source);
  const used = trainings[0]?.format;
  const isReported = used !== undefined && others.length > 0;
  return {
    trainings: loaded,
    notice: isReported ? { kind: "other-formats", source, used, others } : undefined,
  };
}

function* noticesOf(planned: readonly Planned[], { price }: LogImport): Generator<Notice> {
  for (const each of planned) {
    const { path, trackedRunId, times } = each.training;
    if (!hasItsMetric(each)) yield { kind: "without-metric", path, run: trackedRunId };
    else if (price !== undefined && times.source === "none") yield { kind: "price-unused", path };
  }
}

function hasItsMetric({ training, plan }: Planned): boolean {
  return missingMetric(training, plan) === undefined;
}

type Planned = { training: LoadedTraining; plan: SeriesPlan };

/** In a folder of many files, one that is empty or not text is not the one that was meant. */
async function loadSome(
  found: Parameters<typeof loadTrainings>[0],
  isOneOfMany: boolean,
): Promise<LoadedTraining[]> {
  try {
    return await loadTrainings(found);
  } catch (error) {
    const isSkippable =
      error instanceof UserError && ["log-empty", "log-not-text"].includes(error.code);
    if (isOneOfMany && isSkippable) return [];
    throw error;
  }
}

/** The trainings of one log, and those of an experiment with several seeds, are one series. */
function seriesOf(planned: readonly Planned[]): Planned[][] {
  const groups = new Map<string, Planned[]>();
  for (const [index, each] of planned.entries()) {
    const { experimentKey, seed, part } = each.training;
    const isClear = experimentKey !== undefined && (seed !== undefined || part !== undefined);
    const key = isClear ? `experiment ${experimentKey}` : `single ${index}`;
    groups.set(key, [...(groups.get(key) ?? []), each]);
  }
  return [...groups.values()].flatMap((group) => {
    const seeds = new Set(group.map(({ training }) => training.seed));
    const isOneLog = group.every(({ training }) => training.part !== undefined);
    return isOneLog || seeds.size === group.length ? [group] : group.map((each) => [each]);
  });
}

async function* importSeries(
  series: readonly Planned[],
  request: LogImport,
  world: ImportWorld,
): AsyncGenerator<LogImportEvent> {
  const [first] = series;
  if (first === undefined) return;
  const createdMs = world.nowMs();
  const name = request.name ?? first.training.name;
  const id = makeSeriesId({ name, createdMs, random: () => world.random() });
  const { environment, owner } = await world.describe(request.cwd);
  const { pitwallVersion, nodeVersion, platform } = environment;
  const counted = countedOf(series);
  const warmupCount = series.length - counted.length;
  const seeds = counted.map(({ training }, index) => training.seed ?? index);
  const reports: RunReport[] = [];
  for (const [position, each] of series.entries()) {
    const { training, plan } = each;
    const index = position + 1;
    const run: RunRequest = {
      ...requestOf(training, { plan, request, name, importedMs: createdMs }),
      runId: makeRunId(id, index),
      series: {
        id,
        index,
        count: series.length,
        seeds,
        ...(warmupCount === 0 ? {} : { warmupCount }),
      },
      createdMs,
      seed: seeds[counted.indexOf(each)] ?? seeds[0] ?? 0,
      ...(counted.includes(each) ? {} : { isWarmup: true as const }),
      environment: { pitwallVersion, nodeVersion, platform },
      owner,
    };
    const created = await world.store.create(run);
    if (created.kind === "id-taken")
      throw new WorldError("run-id-taken", `the run \`${run.runId}\` already exists`, {
        hint: "try again; each attempt uses a new id",
      });
    const report = await replayLog(training, run, created.writer);
    reports.push(report);
    yield { kind: "run-imported", report };
  }
  yield { kind: "series-imported", summary: summariseSeries(reports), runs: reports };
}

/** Warm-ups are not counted, unless there is nothing else. */
function countedOf(series: readonly Planned[]): readonly Planned[] {
  const counted = series.filter(({ training }) => training.isWarmup !== true);
  return counted.length === 0 ? series : counted;
}

function requestOf(
  training: LoadedTraining,
  {
    plan,
    request,
    name,
    importedMs,
  }: { plan: SeriesPlan; request: LogImport; name: string; importedMs: number },
): Omit<RunRequest, "runId" | "series" | "createdMs" | "seed" | "environment" | "owner"> {
  const { reading, target, furtherTargets = [], targetWindow, launchTarget } = plan;
  const { price, labels, edition, system } = request;
  const isPriced = price !== undefined && training.times.source !== "none";
  return {
    schemaVersion: 1,
    startable: { kind: "imported", name, origin: originOf(training, importedMs) },
    ...(Object.keys(labels).length === 0 ? {} : { labels }),
    reading,
    ...(target === undefined ? {} : { target }),
    ...(furtherTargets.length === 0 ? {} : { furtherTargets: [...furtherTargets] }),
    ...(targetWindow === undefined ? {} : { targetWindow }),
    stopAtTarget: false,
    limits: {},
    ...(edition === undefined ? {} : { edition }),
    ...(isPriced ? { price } : {}),
    launchTarget,
    system,
  };
}

function originOf(training: LoadedTraining, importedMs: number): LogOrigin {
  const { format, path, files, sha256, byteCount, trackedRunId, part, times } = training;
  const { ended, seed, copies } = training;
  return {
    format,
    path,
    ...(files === undefined ? {} : { files: [...files] }),
    sha256,
    byteCount,
    importedMs,
    ...(trackedRunId === undefined ? {} : { trackedRunId }),
    ...(part === undefined ? {} : { part }),
    times,
    ...(ended === undefined ? {} : { ended }),
    seedIsKnown: seed !== undefined,
    ...storedSettings(training.settings),
    ...(copies.length === 0 ? {} : { copies: copyNames(copies) }),
  };
}

/** Validates target and metrics as for a run. */
function planOf(training: LoadedTraining, request: LogImport): SeriesPlan {
  const { targets, samples } = request;
  const { isMllog, path, patterns } = training;
  const targetTexts = [targets.target ?? []].flat();
  if (targetTexts.length === 0 && !isMllog) throw targetMissing(training);
  const metrics = request.metrics.map((name) => patterns[name] ?? name);
  for (const text of targetTexts) {
    const pattern = patterns[parseTarget(text)?.metric ?? ""];
    if (pattern !== undefined && !metrics.includes(pattern)) metrics.push(pattern);
  }
  const requested = { ...targets, metrics, samples, stopAtTarget: false, runs: 1, seed: 0 };
  // Of a command, the target names the metric to look for in the text; MLLOG lines name their metrics themselves.
  const plan = isMllog
    ? planSeries(requested, { kind: "embedded", name: path, workers: 1 }, undefined)
    : planSeries(
        requested,
        { kind: "command", name: path, command: [path], cwd: "", env: {} },
        undefined,
      );
  return plan;
}

/** A metric that is searched by a name that the log does not have. */
function missingMetric(
  { metrics, isMllog }: LoadedTraining,
  { reading }: SeriesPlan,
): string | undefined {
  if (isMllog) return undefined;
  return reading.metrics.find(
    ({ metric, pattern }) =>
      pattern === undefined && !metrics.some((name) => namesMetric(name, metric)),
  )?.metric;
}

const listedMetrics = 20;

function targetMissing({ path, metrics }: LoadedTraining): UserError {
  return new UserError("target-missing", `importing \`${path}\` requires a target`, {
    saw: `metrics in the log: ${listOf(metrics)}`,
    hint: `give the quality to reach, for example \`--target '${likelyTarget(metrics)}'\``,
  });
}

function requireMetric({ training, plan }: Planned): void {
  const metric = missingMetric(training, plan);
  if (metric === undefined) return;
  const { path, metrics } = training;
  const longer = metrics.find((name) => matchName(name, metric) === "longer");
  const nearest = longer ?? nearestWord(metric, metrics);
  throw new UserError("metric-not-in-log", `\`${path}\` has no metric \`${metric}\``, {
    saw: `metrics in the log: ${listOf(metrics)}`,
    hint:
      nearest === undefined
        ? "give one of these names, or a pattern"
        : `did you mean \`${nearest}\`?`,
  });
}

function listOf(metrics: readonly string[]): string {
  const shown = metrics.slice(0, listedMetrics).join(", ");
  const more = metrics.length - listedMetrics;
  return more > 0 ? `${shown} and ${more} more` : shown;
}

function withoutMetrics(source: string): UserError {
  return new UserError("log-without-metrics", `\`${source}\` contains no metrics`, {
    saw: "no number with a name, and no MLLOG line",
    hint: "give the log of a training; docs/importing.md lists what Pitwall reads",
  });
}

/** @throws UserError `already-imported` where a record was made of the same bytes */
async function refuseAgain(loaded: readonly Planned[], store: RunStore): Promise<void> {
  const known = new Map<string, string>();
  for (const run of await store.list()) {
    if (run.kind !== "readable" || run.request.startable.kind !== "imported") continue;
    known.set(identityOf(run.request.startable.origin), run.runId);
  }
  for (const { training } of loaded) {
    const { path } = training;
    const runId = known.get(identityOf(training));
    if (runId === undefined) continue;
    throw new UserError("already-imported", `\`${path}\` was imported before, as \`${runId}\``, {
      hint: `\`pitwall show ${runId}\` shows it; to import it with another target, delete that record first`,
    });
  }
}

/** Equal for the same training of the same bytes. */
function identityOf({
  sha256,
  trackedRunId = "",
  part,
}: Pick<LogOrigin, "sha256" | "trackedRunId" | "part">): string {
  return `${sha256} ${trackedRunId} ${part?.number ?? ""}`;
}
