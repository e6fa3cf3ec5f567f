import { ownRow, type OwnResult } from "../../atlas/rows/own-row.ts";
import type { Accelerator } from "../../schema/catalogue.ts";
import type { RunReport } from "../../schema/run/outcome/series-summary.ts";
import { countedRuns } from "../../schema/run/outcome/counted-runs.ts";
import { summariseSeries } from "../../score/series/summarise-series.ts";
import type { RunStore } from "../../store/records/run-store.ts";

/**
 * The home's finished runs as results, one for each series. Runs in progress, unreadable records,
 * warm-ups, simulated runs and attempts that were retried are excluded.
 *
 * @param onlySeriesId default all series
 */
export async function ownResults(
  store: RunStore,
  accelerators: readonly Accelerator[],
  onlySeriesId?: string,
): Promise<OwnResult[]> {
  const series = new Map<string, { reports: RunReport[]; source: string }>();
  for (const run of await store.list()) {
    if (run.kind !== "readable" || run.result === undefined) continue;
    const { request, result, directory } = run;
    // Simulated ranks trained nothing.
    if (request.launchTarget.kind === "simulated") continue;
    if (onlySeriesId !== undefined && request.series.id !== onlySeriesId) continue;
    const sofar = series.get(request.series.id);
    if (sofar === undefined)
      series.set(request.series.id, { reports: [{ request, result }], source: directory });
    else sofar.reports.push({ request, result });
  }
  return [...series.values()].flatMap(({ reports, source }) => {
    const counted = countedRuns(reports);
    if (counted.length === 0) return [];
    return ownRow(counted, summariseSeries(reports), { source, accelerators });
  });
}
