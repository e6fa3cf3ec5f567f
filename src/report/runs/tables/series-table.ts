import { formatDuration, formatUsd } from "../../../foundation/numbers/units.ts";
import { formatTag } from "../../../schema/run/request/tag-text.ts";
import { formatTargets } from "../../../schema/run/outcome/target-text.ts";
import type { SeriesSummary } from "../../../schema/run/outcome/series-summary.ts";
import { type FittedColumn, fitTable } from "../../fitted-table.ts";
import type { Paint } from "../../paint.ts";

/** One series in a list. */
export interface ListedSeries {
  seriesId: string;
  name: string;
  tags: Readonly<Record<string, string>>;
  createdMs: number;
  runIds: readonly string[];
  runningCount: number;
  isImported?: true;
  summary: SeriesSummary | undefined;
}

/** One line per series, led by MLPerf's mean, as a table that fits into a width, without a trailing newline. */
export function seriesTable(
  rows: readonly ListedSeries[],
  { nowMs, width, paint }: { nowMs: number; width: number; paint: Paint },
): string {
  const hasTags = rows.some(({ tags }) => Object.keys(tags).length > 0);
  const hasCost = rows.some(({ summary }) => summary?.cost !== undefined);
  const columns: FittedColumn<ListedSeries>[] = [
    {
      head: "series",
      align: "left",
      cell: ({ seriesId }) => seriesId,
      paint: (text) => paint.name(text),
      shrinkTo: 12,
      keeps: "end",
    },
    { head: "MLPerf mean", align: "right", cell: meanText },
    { head: "median", align: "right", cell: medianText },
    { head: "range", align: "left", cell: rangeText, dropAt: 4 },
    { head: "reached", align: "right", cell: reachedText },
    { head: "target", align: "left", cell: targetText, shrinkTo: 10, dropAt: 3 },
    ...(hasCost ? [{ head: "cost", align: "right", cell: costText, dropAt: 2 } as const] : []),
    {
      head: "started",
      align: "left",
      cell: ({ createdMs }) => `${formatDuration(Math.max(0, nowMs - createdMs))} ago`,
      dropAt: 1,
    },
    ...(hasTags
      ? [{ head: "tags", align: "left", cell: tagsText, shrinkTo: 8, dropAt: 5 } as const]
      : []),
  ];
  return fitTable(columns, rows, width).join("\n");
}

/** The texts of a series in lists, on terminal and page. */
export function seriesTexts(row: ListedSeries): {
  mean: string;
  median: string;
  range: string;
  reached: string;
  target: string;
  cost: string;
  tags: string;
} {
  return {
    mean: meanText(row),
    median: medianText(row),
    range: rangeText(row),
    reached: reachedText(row),
    target: targetText(row),
    cost: costText(row),
    tags: tagsText(row),
  };
}

function meanText({ summary }: ListedSeries): string {
  return summary?.score.kind === "scored" ? formatDuration(summary.score.meanMs) : "";
}

function medianText({ summary }: ListedSeries): string {
  const times = summary?.timeToTrainMs;
  return times === undefined ? "" : formatDuration(times.median);
}

function rangeText({ summary }: ListedSeries): string {
  const times = summary?.timeToTrainMs;
  if (times === undefined || times.count < 2) return "";
  return `${formatDuration(times.minimum)} to ${formatDuration(times.maximum)}`;
}

/** Of the runs that are scored: without warm-ups, retried attempts and interrupted runs. */
function reachedText({ summary, runningCount, isImported }: ListedSeries): string {
  const reached = `${summary?.reachedCount ?? 0} of ${summary?.completedCount ?? 0}`;
  if (isImported === true) return `${reached}, imported`;
  return runningCount === 0 ? reached : `${reached}, ${runningCount} running`;
}

function targetText({ summary }: ListedSeries): string {
  return summary === undefined ? "" : (formatTargets(summary) ?? "");
}

function costText({ summary }: ListedSeries): string {
  return summary?.cost === undefined ? "" : formatUsd(summary.cost.billedUsd);
}

function tagsText({ tags }: ListedSeries): string {
  return Object.entries(tags).map(formatTag).join(", ");
}
