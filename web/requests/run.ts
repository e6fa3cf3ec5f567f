import { logDocument, type LogDocument } from "../../src/schema/dashboard/log-page.ts";
import { runDetail, stopDocument, type RunDetail } from "../../src/schema/dashboard/run-detail.ts";
import {
  heatmapDocument,
  seriesDocument,
  type HeatmapDocument,
  type SeriesDocument,
} from "../../src/schema/dashboard/run-series.ts";
import { addressOf, fetchDocument, postDocument, runPath, type QueryParameters } from "../api.ts";
import { documentUrl } from "../router.ts";

export function fetchRun(runId: string, signal: AbortSignal): Promise<RunDetail> {
  return fetchDocument(runDetail, runPath(runId), { signal });
}

export function fetchSeries(
  runId: string,
  parameters: QueryParameters,
  signal: AbortSignal,
): Promise<SeriesDocument> {
  return fetchDocument(seriesDocument, `${runPath(runId)}/series`, { parameters, signal });
}

export function fetchHeatmap(
  runId: string,
  parameters: QueryParameters,
  signal: AbortSignal,
): Promise<HeatmapDocument> {
  return fetchDocument(heatmapDocument, `${runPath(runId)}/heatmap`, { parameters, signal });
}

export function fetchLog(
  runId: string,
  parameters: QueryParameters,
  signal: AbortSignal,
): Promise<LogDocument> {
  return fetchDocument(logDocument, `${runPath(runId)}/log`, { parameters, signal });
}

/** Requests that the Pitwall process of the run stops it, like Ctrl-C. */
export async function requestStop(runId: string): Promise<void> {
  await postDocument(stopDocument, `${runPath(runId)}/stop`);
}

/** Download address of the record as a tar archive. */
export function recordAddress(runId: string): string {
  return documentUrl(`${runPath(runId)}/record`).href;
}

/** Download address of the raw log, or of one line. */
export function logBytesAddress(runId: string, line?: number): string {
  return addressOf(`${runPath(runId)}/log/raw`, { line }).href;
}
