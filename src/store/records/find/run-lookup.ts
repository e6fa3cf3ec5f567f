import type { RunSummary } from "../run-store.ts";

/** What finding a run by name requires. */
export interface RunHead {
  runId: string;
  isReadable: boolean;
  /** 0 for a record that cannot be read. */
  createdMs: number;
  seriesId: string;
  /** Its number in the series; 0 for a record that cannot be read. */
  index: number;
}

/** Access to many records at once. */
export interface RunLookup {
  /** Names of all records, unordered. */
  runIds(): Promise<string[]>;
  /** In the order of `runIds`. */
  heads(runIds: readonly string[]): Promise<RunHead[]>;
  /** In the order of `runIds`. */
  summaries(runIds: readonly string[]): Promise<RunSummary[]>;
}

export function headOf(summary: RunSummary): RunHead {
  const { runId } = summary;
  if (summary.kind === "broken")
    return { runId, isReadable: false, createdMs: 0, seriesId: runId, index: 0 };
  const { createdMs, series } = summary.request;
  return { runId, isReadable: true, createdMs, seriesId: series.id, index: series.index };
}
