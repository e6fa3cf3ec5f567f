import type { ResultRow } from "../results/result-row.ts";
import type { ResultRun } from "../results/result-run.ts";
import type { RoundManifest } from "./round-manifest.ts";
import type { RunCurve } from "../results/run-curve.ts";

/** A manifest without what only the writer of a round knows. */
export type RoundDescription = Omit<
  RoundManifest,
  "schemaVersion" | "files" | "resultCount" | "runCount" | "importedBy"
>;

/** The contribution of one result to its round. */
export interface ResultContents {
  row: ResultRow;
  runs: readonly ResultRun[];
  curves: readonly RunCurve[];
}

/** A round of results, ready to be written. */
export interface RoundContents {
  manifest: RoundDescription;
  rows: readonly ResultRow[];
  runs: readonly ResultRun[];
  curves: readonly RunCurve[];
}

/** Joins results to a round. */
export function roundOf(
  manifest: RoundDescription,
  contents: readonly ResultContents[],
): RoundContents {
  return {
    manifest,
    rows: contents.map(({ row }) => row),
    runs: contents.flatMap(({ runs }) => runs),
    curves: contents.flatMap(({ curves }) => curves),
  };
}
