import type { LogLine } from "../../../../src/schema/dashboard/log-page.ts";
import type { RunDetail } from "../../../../src/schema/dashboard/run-detail.ts";
import type { SeriesBuckets, XAxis } from "../../../../src/schema/dashboard/run-series.ts";
import type { RunStreamEvent } from "../../../../src/schema/dashboard/run-stream.ts";

/** The data of a run on its page. The size of all parts is limited. */
export interface KnownRun {
  detail: RunDetail;
  /** Time of `detail.progress` by the server's clock. */
  progressMs: number;
  series: ReadonlyMap<string, SeriesBuckets>;
  /** The x axis of the series; undefined before the first update. */
  seriesAxis: XAxis | undefined;
  log: LogTail;
  isRemoved: boolean;
}

/** The end of the log. */
export interface LogTail {
  lines: readonly LogLine[];
  totalLines: number;
  firstErrorLine: number | undefined;
}

const maxLogLines = 2000;
const maxBuckets = 6000;

/** A fetched run before any stream event. */
export function knownRun(detail: RunDetail, receivedMs: number): KnownRun {
  return {
    detail,
    progressMs: receivedMs,
    series: new Map(),
    seriesAxis: undefined,
    log: { lines: [], totalLines: 0, firstErrorLine: undefined },
    isRemoved: false,
  };
}

/** Applies a stream event to a run, and returns the new state. */
export function applyRunEvent(run: KnownRun, event: RunStreamEvent): KnownRun {
  const { detail } = run;
  switch (event.name) {
    case "progress": {
      const { progress, prediction, serverTimeMs } = event.data;
      const { prediction: _before, ...rest } = detail;
      const newPrediction = prediction === undefined ? {} : { prediction };
      return { ...run, detail: { ...rest, progress, ...newPrediction }, progressMs: serverTimeMs };
    }
    case "evaluation": {
      const { from, evaluations, evaluationCount } = event.data;
      const all = [...detail.evaluations.slice(0, from), ...evaluations];
      return { ...run, detail: { ...detail, evaluations: all, evaluationCount } };
    }
    case "event": {
      const { from, events } = event.data;
      return {
        ...run,
        detail: { ...detail, events: [...detail.events.slice(0, from), ...events] },
      };
    }
    case "rules":
      return { ...run, detail: { ...detail, rules: event.data } };
    case "series":
      return { ...run, ...withSeries(run, event.data) };
    case "log":
      return { ...run, log: withLines(run.log, event.data) };
    case "finished": {
      const { state, result } = event.data;
      const verdict = result === undefined ? {} : { result };
      return { ...run, detail: { ...detail, ...verdict, state: { kind: state }, canStop: false } };
    }
    case "removed":
      return { ...run, isRemoved: true };
  }
}

type SeriesUpdate = Extract<RunStreamEvent, { name: "series" }>["data"];

function withSeries(run: KnownRun, update: SeriesUpdate): Pick<KnownRun, "series" | "seriesAxis"> {
  const isFresh = update.isReset || update.xAxis !== run.seriesAxis;
  const series = new Map(isFresh ? [] : run.series);
  for (const { fromX, ...buckets } of update.series) {
    const before = series.get(buckets.name);
    const joined = before === undefined ? buckets : joinBuckets(before, buckets, fromX);
    series.set(buckets.name, boundBuckets(joined));
  }
  return { series, seriesAxis: update.xAxis };
}

/** Replaces the buckets from `fromX` on by the new ones. */
export function joinBuckets(
  before: SeriesBuckets,
  after: SeriesBuckets,
  fromX: number,
): SeriesBuckets {
  const firstDropped = before.x.findIndex((x) => x >= fromX);
  const keptCount = firstDropped < 0 ? before.x.length : firstDropped;
  const join = (old: readonly number[], more: readonly number[]): number[] => [
    ...old.slice(0, keptCount),
    ...more,
  ];
  const { median } = before;
  return {
    ...after,
    x: join(before.x, after.x),
    min: join(before.min, after.min),
    max: join(before.max, after.max),
    last: join(before.last, after.last),
    count: join(before.count, after.count),
    ...(median === undefined || after.median === undefined
      ? {}
      : { median: join(median, after.median) }),
  };
}

/** Drops the oldest buckets above the limit, in case the server sends more than requested. */
function boundBuckets(buckets: SeriesBuckets): SeriesBuckets {
  if (buckets.x.length <= maxBuckets) return buckets;
  const { median } = buckets;
  return {
    ...buckets,
    x: buckets.x.slice(-maxBuckets),
    min: buckets.min.slice(-maxBuckets),
    max: buckets.max.slice(-maxBuckets),
    last: buckets.last.slice(-maxBuckets),
    count: buckets.count.slice(-maxBuckets),
    ...(median === undefined ? {} : { median: median.slice(-maxBuckets) }),
  };
}

type LogUpdate = Extract<RunStreamEvent, { name: "log" }>["data"];

function withLines(before: LogTail, update: LogUpdate): LogTail {
  const [first] = update.lines;
  const isNew = (line: LogLine): boolean => first === undefined || line.number < first.number;
  // Lines after a gap replace the earlier ones, so that the log never appears continuous where it is not.
  const joins = update.skippedLines === 0 ? before.lines.filter(isNew) : [];
  return {
    lines: [...joins, ...update.lines].slice(-maxLogLines),
    totalLines: update.totalLines,
    firstErrorLine: update.firstErrorLine ?? before.firstErrorLine,
  };
}
