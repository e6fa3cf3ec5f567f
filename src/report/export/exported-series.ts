import type { ExportedRun } from "../../schema/run/exported-run.ts";
import type { SeriesSummary } from "../../schema/run/outcome/series-summary.ts";

/** Exported runs of one series. */
export interface ExportedSeries {
  seriesId: string;
  name: string;
  /** Absent if no run has a verdict yet. */
  summary: SeriesSummary | undefined;
  pages: readonly ExportedRun[];
}
