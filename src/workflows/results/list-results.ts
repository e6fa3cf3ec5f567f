import type { ResultFilter } from "../../atlas/rows/filter-results.ts";
import { measureRow, mixedLabelsOf } from "../../atlas/rows/measures.ts";
import { sortResults, type SortKey } from "../../atlas/rows/sort-results.ts";
import type { BenchmarkAlias } from "../../schema/atlas/rounds/benchmark-alias.ts";
import {
  measures,
  type MeasuredRow,
  type MixedLabels,
} from "../../schema/atlas/answers/figures.ts";
import type { ResultRow } from "../../schema/atlas/results/result-row.ts";
import type { ResultsProblem } from "../../schema/atlas/results/results-problem.ts";
import type { Accelerator } from "../../schema/catalogue.ts";
import type { RunStore } from "../../store/records/run-store.ts";
import { type AtlasRequest, loadAtlas } from "./load-atlas.ts";
import { selectWithAliases } from "../../atlas/rows/select-results.ts";

export interface ListRequest extends AtlasRequest {
  filter: ResultFilter;
  sort: SortKey;
  /** Whether the largest come first. Default false. */
  isReversed?: boolean;
  /** The maximum number of results, after sorting. Default: all. */
  limit?: number | undefined;
  /** The store whose runs are listed with the published results. Default none. */
  ownStore?: RunStore | undefined;
}

export interface ListedResults {
  rows: readonly MeasuredRow[];
  /** Before the limit. */
  foundCount: number;
  /** Measures whose figures are from different sources, among all found. */
  mixedLabels: readonly MixedLabels[];
  /** Benchmark names of the filter that have had several meanings. */
  aliases: readonly BenchmarkAlias[];
  problems: readonly ResultsProblem[];
}

/**
 * Published and own results that match a filter, measured and sorted.
 *
 * @throws UserError what `selectResults` and `loadAtlas` throw
 */
export async function listResults(request: ListRequest): Promise<ListedResults> {
  const { filter, sort, isReversed = false, limit, ownStore } = request;
  const atlas = await loadAtlas(request);
  const own = ownStore === undefined ? [] : await ownRows(ownStore, atlas.accelerators);
  const all = [...own, ...atlas.rows];
  const { rows: found, aliases } = selectWithAliases(all, filter, atlas.groups);
  const measured = found.map((row) => measureRow(row, atlas.rod));
  return {
    rows: sortResults(measured, sort, { isReversed }).slice(0, limit),
    foundCount: found.length,
    mixedLabels: mixedLabelsOf(measured, measures),
    aliases,
    problems: atlas.problems,
  };
}

async function ownRows(
  store: RunStore,
  accelerators: readonly Accelerator[],
): Promise<ResultRow[]> {
  const { ownResults } = await import("./own-results.ts");
  return (await ownResults(store, accelerators)).map(({ row }) => row);
}
