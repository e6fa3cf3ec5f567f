import { exportPage } from "../../report/export/export-page.ts";
import type { ExportedSeries } from "../../report/export/exported-series.ts";
import type { ExportedRun } from "../../schema/run/exported-run.ts";
import { runName } from "../../schema/run/request/run-name.ts";
import { summariseSeries } from "../../score/series/summarise-series.ts";
import { finishedReports } from "../read-run/show-run.ts";

/** The runs as one HTML page, a section per series. */
export function pageOfRuns(
  runs: readonly ExportedRun[],
  made: { version: string; nowMs: number },
): string {
  const seriesIds = [...new Set(runs.map(({ request }) => request.series.id))];
  const series = seriesIds.map((id) =>
    exportedSeries(
      id,
      runs.filter(({ request }) => request.series.id === id),
    ),
  );
  return exportPage(series, made);
}

function exportedSeries(seriesId: string, pages: readonly ExportedRun[]): ExportedSeries {
  const reports = finishedReports(pages);
  // One run of a longer series was chosen by the user; the others are not missing.
  const isWholeSeries = pages.length > 1;
  return {
    seriesId,
    name: pages[0] === undefined ? seriesId : runName(pages[0].request),
    summary: reports.length === 0 ? undefined : summariseSeries(reports, { isWholeSeries }),
    pages,
  };
}
