import { groupBy } from "../../../foundation/collections/group-by.ts";
import type { RunReport, SeriesSummary } from "../../../schema/run/outcome/series-summary.ts";
import { runName } from "../../../schema/run/request/run-name.ts";
import { summariseSeries } from "../../../score/series/summarise-series.ts";
import type { RunSummary } from "../../../store/records/run-store.ts";
import type { RunSortKey } from "./select-runs.ts";

type ReadableRun = Extract<RunSummary, { kind: "readable" }>;

/** The runs of one series as one row of a list. */
export interface SeriesRow {
  seriesId: string;
  name: string;
  tags: Readonly<Record<string, string>>;
  /** When its first run started. Milliseconds since the epoch. */
  createdMs: number;
  /** All its runs on record. */
  runIds: readonly string[];
  runningCount: number;
  /** The runs were imported from logs: Pitwall has not measured their times. */
  isImported?: true;
  /** All its runs are archived. */
  isArchived?: true;
  /** Absent if no run has a result. */
  summary: SeriesSummary | undefined;
}

/** One row for each series with a run that matches, in the order of their first runs. Rows cover all runs of the series. */
export function groupRuns(
  runs: readonly RunSummary[],
  matches: (run: RunSummary) => boolean,
): SeriesRow[] {
  const series = groupBy(
    runs.filter((run) => run.kind === "readable"),
    ({ request }) => request.series.id,
  );
  return [...series.values()].filter((members) => members.some(matches)).flatMap(rowOf);
}

function rowOf(runs: readonly ReadableRun[]): SeriesRow[] {
  const [first] = runs;
  if (first === undefined) return [];
  const { request } = first;
  const reports = runs.flatMap(({ request: own, result }): RunReport[] =>
    result === undefined ? [] : [{ request: own, result }],
  );
  return [
    {
      seriesId: request.series.id,
      name: runName(request),
      tags: request.labels?.tags ?? {},
      createdMs: request.createdMs,
      runIds: runs.map(({ runId }) => runId),
      runningCount: runs.filter(({ state }) => state.kind === "running").length,
      ...(request.startable.kind === "imported" ? { isImported: true as const } : {}),
      ...(runs.every((run) => run.request.labels?.isArchived === true)
        ? { isArchived: true as const }
        : {}),
      summary: reports.length === 0 ? undefined : summariseSeries(reports),
    },
  ];
}

/** What a series is sorted by; undefined if it has no such value. */
export function seriesSortValue(row: SeriesRow, key: RunSortKey): number | string | undefined {
  const { createdMs, name, summary } = row;
  switch (key) {
    case "started":
      return createdMs;
    case "name":
      return name;
    case "time":
    case "quality":
    case "cost":
      return summary === undefined ? undefined : summaryValue(summary, key);
  }
}

function summaryValue(
  { score, timeToTrainMs, reachedCount, runCount, cost }: SeriesSummary,
  key: "time" | "quality" | "cost",
): number | undefined {
  switch (key) {
    case "time":
      return score.kind === "scored" ? score.meanMs : timeToTrainMs?.median;
    case "quality":
      return reachedCount / runCount;
    case "cost":
      return cost?.billedUsd;
  }
}
