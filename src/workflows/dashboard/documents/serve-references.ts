import { UserError } from "../../../foundation/errors/user-error.ts";
import type { ReferencesDocument } from "../../../schema/dashboard/references-page.ts";
import type { RunStore } from "../../../store/records/run-store.ts";
import { openRecords } from "../../submissions/score-records.ts";
import {
  benchmarksWithReferences,
  type ComparedLogs,
  showReferences,
} from "../../submissions/show-references.ts";

/** What the page of reference convergence points requests. */
export interface ReferencesQuery {
  benchmark?: string | undefined;
  edition?: string | undefined;
  /** A series of the store. */
  series?: string | undefined;
}

/**
 * The references of `pitwall rcp`, with the runs of a series beside them. Series are looked up, never used as a path.
 *
 * @throws UserError what `showReferences` throws, and `unknown-series`
 */
export async function referencesDocument(
  { benchmark, edition, series }: ReferencesQuery,
  store: RunStore,
): Promise<ReferencesDocument> {
  const benchmarks = await benchmarksWithReferences();
  const compared = series === undefined ? undefined : await seriesRecords(series, store);
  const request = { benchmark: benchmark ?? benchmarks[0] ?? "", edition, compared };
  return { benchmarks, curve: await showReferences(request, new AbortController().signal) };
}

async function seriesRecords(series: string, store: RunStore): Promise<ComparedLogs> {
  const meant = await store.resolve(series);
  const runIds = meant.kind === "series" ? meant.runIds : meant.kind === "run" ? [meant.runId] : [];
  const records = await openRecords(series, runIds, store);
  if (records !== undefined) return { kind: "records", ...records };
  throw new UserError("unknown-series", "unknown series", { hint: "`/runs` lists them" });
}
