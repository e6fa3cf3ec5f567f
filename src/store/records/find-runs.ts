import { nearestWord } from "../../foundation/nearest-word.ts";
import type { RecordFiles } from "./record-files.ts";
import { readSummary } from "./read-record.ts";
import type { Resolution, RunSummary } from "./run-store.ts";

/** How many records are read at once: enough to hide the disk's latency, few open files. */
const readAtOnce = 32;

/** All records, oldest first; broken ones, whose age nobody knows, come first of all. */
export async function listRuns(files: RecordFiles): Promise<RunSummary[]> {
  return readSummaries(files, await files.runIds());
}

/** What was meant by a run id, the beginning of one, a series id, or `last` (the newest run). */
export async function resolveRun(files: RecordFiles, text: string): Promise<Resolution> {
  const runIds = await files.runIds();
  if (text === "last") return newestRun(await readSummaries(files, runIds), runIds.length);
  if (runIds.includes(text)) return oneRun(await readSummary(files, text));
  const beginning = text === "" ? [] : runIds.filter((runId) => runId.startsWith(text));
  const summaries = await readSummaries(files, beginning);
  const [first] = summaries;
  if (first === undefined) return unknownRun(text, runIds);
  const bySeries = groupBySeries(summaries);
  const named = bySeries.get(text);
  if (named !== undefined) return oneSeries(text, named);
  if (summaries.length === 1) return oneRun(first);
  if (bySeries.size === 1) return oneSeries(seriesOf(first), summaries);
  return { kind: "ambiguous", candidates: [...bySeries.keys()] };
}

async function readSummaries(files: RecordFiles, runIds: string[]): Promise<RunSummary[]> {
  const summaries: RunSummary[] = [];
  for (let start = 0; start < runIds.length; start += readAtOnce) {
    const some = runIds.slice(start, start + readAtOnce);
    summaries.push(...(await Promise.all(some.map((runId) => readSummary(files, runId)))));
  }
  return summaries.toSorted(byAge);
}

function byAge(a: RunSummary, b: RunSummary): number {
  return createdMs(a) - createdMs(b) || a.runId.localeCompare(b.runId, "en", { numeric: true });
}

function createdMs(summary: RunSummary): number {
  return summary.kind === "broken" ? 0 : summary.request.createdMs;
}

function seriesOf(summary: RunSummary): string {
  return summary.kind === "broken" ? summary.runId : summary.request.series.id;
}

function newestRun(summaries: readonly RunSummary[], runCount: number): Resolution {
  const newest = summaries.findLast((summary) => summary.kind === "readable");
  return newest === undefined ? { kind: "unknown", nearest: undefined, runCount } : oneRun(newest);
}

function groupBySeries(summaries: readonly RunSummary[]): Map<string, RunSummary[]> {
  const bySeries = new Map<string, RunSummary[]>();
  for (const summary of summaries) {
    const seriesId = seriesOf(summary);
    bySeries.set(seriesId, [...(bySeries.get(seriesId) ?? []), summary]);
  }
  return bySeries;
}

function oneRun(summary: RunSummary): Resolution {
  return { kind: "run", runId: summary.runId, seriesId: seriesOf(summary) };
}

function oneSeries(seriesId: string, summaries: readonly RunSummary[]): Resolution {
  const inOrder = summaries.toSorted((a, b) => indexOf(a) - indexOf(b));
  return { kind: "series", seriesId, runIds: inOrder.map((summary) => summary.runId) };
}

function indexOf(summary: RunSummary): number {
  return summary.kind === "broken" ? 0 : summary.request.series.index;
}

function unknownRun(text: string, runIds: readonly string[]): Resolution {
  return { kind: "unknown", nearest: nearestWord(text, runIds), runCount: runIds.length };
}
