import type { LogLine } from "../../../src/schema/dashboard/log-page.ts";
import type { RunDetail } from "../../../src/schema/dashboard/run-detail.ts";
import type { SeriesBuckets, XAxis } from "../../../src/schema/dashboard/run-series.ts";
import type { RunStreamEvent } from "../../../src/schema/dashboard/run-stream.ts";

/** What the page knows of a run. Everything in it is bounded, however long it is looked at. */
export interface KnownRun {
  detail: RunDetail;
  /** When `detail.progress` held, by the server's clock. */
  progressMs: number;
  series: ReadonlyMap<string, SeriesBuckets>;
  /** What the series are placed by; absent before the first of them. */
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

const keptLogLines = 2000;
const keptBuckets = 6000;

/** A run as it was fetched, before any news. */
export function knownRun(detail: RunDetail, heardMs: number): KnownRun {
  return {
    detail,
    progressMs: heardMs,
    series: new Map(),
    seriesAxis: undefined,
    log: { lines: [], totalLines: 0, firstErrorLine: undefined },
    isRemoved: false,
  };
}

/** The run after what the server told; the one before stays as it was. */
export function applyRunEvent(run: KnownRun, event: RunStreamEvent): KnownRun {
  const { detail } = run;
  switch (event.name) {
    case "progress": {
      const { progress, prediction, serverTimeMs } = event.data;
      const { prediction: _before, ...rest } = detail;
      const told = prediction === undefined ? {} : { prediction };
      return { ...run, detail: { ...rest, progress, ...told }, progressMs: serverTimeMs };
    }
    case "evaluation": {
      const { from, evaluations } = event.data;
      const all = [...detail.evaluations.slice(0, from), ...evaluations];
      return { ...run, detail: { ...detail, evaluations: all } };
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
      const told = result === undefined ? {} : { result };
      return { ...run, detail: { ...detail, ...told, state: { kind: state }, canStop: false } };
    }
    case "removed":
      return { ...run, isRemoved: true };
  }
}

type SeriesNews = Extract<RunStreamEvent, { name: "series" }>["data"];

function withSeries(run: KnownRun, news: SeriesNews): Pick<KnownRun, "series" | "seriesAxis"> {
  const isFresh = news.isReset || news.xAxis !== run.seriesAxis;
  const series = new Map(isFresh ? [] : run.series);
  for (const { fromX, ...buckets } of news.series) {
    const before = series.get(buckets.name);
    const joined = before === undefined ? buckets : joinBuckets(before, buckets, fromX);
    series.set(buckets.name, boundBuckets(joined));
  }
  return { series, seriesAxis: news.xAxis };
}

/** Drops the buckets from `fromX` on and puts the new ones in their place. */
export function joinBuckets(
  before: SeriesBuckets,
  after: SeriesBuckets,
  fromX: number,
): SeriesBuckets {
  const firstDropped = before.x.findIndex((x) => x >= fromX);
  const kept = firstDropped < 0 ? before.x.length : firstDropped;
  const join = (old: readonly number[], more: readonly number[]): number[] => [
    ...old.slice(0, kept),
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

/** The server keeps to the width it was told; should it not, the oldest go. */
function boundBuckets(buckets: SeriesBuckets): SeriesBuckets {
  if (buckets.x.length <= keptBuckets) return buckets;
  const { median } = buckets;
  return {
    ...buckets,
    x: buckets.x.slice(-keptBuckets),
    min: buckets.min.slice(-keptBuckets),
    max: buckets.max.slice(-keptBuckets),
    last: buckets.last.slice(-keptBuckets),
    count: buckets.count.slice(-keptBuckets),
    ...(median === undefined ? {} : { median: median.slice(-keptBuckets) }),
  };
}

type LogNews = Extract<RunStreamEvent, { name: "log" }>["data"];

function withLines(before: LogTail, news: LogNews): LogTail {
  const [first] = news.lines;
  const isNew = (line: LogLine): boolean => first === undefined || line.number < first.number;
  // A gap would look like lines that follow each other.
  const joins = news.skippedLines === 0 ? before.lines.filter(isNew) : [];
  return {
    lines: [...joins, ...news.lines].slice(-keptLogLines),
    totalLines: news.totalLines,
    firstErrorLine: news.firstErrorLine ?? before.firstErrorLine,
  };
}
