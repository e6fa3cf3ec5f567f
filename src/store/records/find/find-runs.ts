import { groupBy } from "../../../foundation/collections/group-by.ts";
import { nearestWord } from "../../../foundation/text/nearest-word.ts";
import { headOf, type RunHead, type RunLookup } from "./run-lookup.ts";
import type { Resolution, RunSummary } from "../run-store.ts";

/** All records, oldest first. Records that cannot be read have an unknown age and come first. */
export async function listRuns(lookup: RunLookup): Promise<RunSummary[]> {
  const summaries = await lookup.summaries(await lookup.runIds());
  const ages = new Map(summaries.map((summary) => [summary, headOf(summary)]));
  return summaries.toSorted((a, b) => byAge(ages.get(a) ?? headOf(a), ages.get(b) ?? headOf(b)));
}

/**
 * Finds the run or series for a run id, a series id, an unambiguous part of one, or `last` (the newest run). Runs whose name begins with
 * the text are preferred.
 */
export async function resolveRun(lookup: RunLookup, text: string): Promise<Resolution> {
  const runIds = await lookup.runIds();
  if (text === "last") return newestRun(await headsByAge(lookup, runIds), runIds.length);
  if (runIds.includes(text)) return oneOf(await lookup.heads([text]), text);
  const heads = await headsByAge(lookup, matching(runIds, text));
  const [first] = heads;
  if (first === undefined) return unknownRun(text, runIds);
  const bySeries = groupBy(heads, ({ seriesId }) => seriesId);
  const named = bySeries.get(text);
  if (named !== undefined) return oneSeries(text, named);
  if (heads.length === 1) return oneRun(first);
  if (bySeries.size === 1) return oneSeries(first.seriesId, heads);
  return { kind: "ambiguous", candidates: [...bySeries.keys()] };
}

function matching(runIds: readonly string[], text: string): string[] {
  if (text === "") return [];
  const beginning = runIds.filter((runId) => runId.startsWith(text));
  return beginning.length > 0 ? beginning : runIds.filter((runId) => runId.includes(text));
}

async function headsByAge(lookup: RunLookup, runIds: readonly string[]): Promise<RunHead[]> {
  return (await lookup.heads(runIds)).toSorted(byAge);
}

/** Not `localeCompare`, which creates a collator on each call. */
const collator = new Intl.Collator("en", { numeric: true });

function byAge(a: RunHead, b: RunHead): number {
  return a.createdMs - b.createdMs || collator.compare(a.runId, b.runId);
}

function oneOf([head]: readonly RunHead[], runId: string): Resolution {
  return head === undefined ? { kind: "run", runId, seriesId: runId } : oneRun(head);
}

function newestRun(heads: readonly RunHead[], runCount: number): Resolution {
  const newest = heads.findLast(({ isReadable }) => isReadable);
  return newest === undefined ? { kind: "unknown", nearest: undefined, runCount } : oneRun(newest);
}

function oneRun({ runId, seriesId }: RunHead): Resolution {
  return { kind: "run", runId, seriesId };
}

function oneSeries(seriesId: string, heads: readonly RunHead[]): Resolution {
  const ordered = heads.toSorted((a, b) => a.index - b.index);
  return { kind: "series", seriesId, runIds: ordered.map(({ runId }) => runId) };
}

function unknownRun(text: string, runIds: readonly string[]): Resolution {
  return { kind: "unknown", nearest: nearestWord(text, runIds), runCount: runIds.length };
}
