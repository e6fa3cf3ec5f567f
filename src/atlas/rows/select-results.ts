import {
  filterResults,
  type FilterOutcome,
  type PatternField,
  type ResultFilter,
} from "./filter-results.ts";
import { UserError } from "../../foundation/errors/user-error.ts";
import type { CompatibilityGroup } from "../../schema/atlas/answers/compatibility.ts";
import type { ResultRow } from "../../schema/atlas/results/result-row.ts";

/**
 * Returns the rows that match a filter.
 *
 * @throws UserError `unknown-benchmark`, `unknown-accelerator`, … with the closest known value, if no row has such
 *   a value
 */
export function selectResults(
  rows: readonly ResultRow[],
  filter: ResultFilter,
  groups: readonly CompatibilityGroup[],
): readonly ResultRow[] {
  return selectWithAliases(rows, filter, groups).rows;
}

/**
 * Like `selectResults`, with the benchmark names of the filter that have had several meanings.
 *
 * @throws UserError what `selectResults` throws
 */
export function selectWithAliases(
  rows: readonly ResultRow[],
  filter: ResultFilter,
  groups: readonly CompatibilityGroup[],
): Omit<Extract<FilterOutcome, { kind: "filtered" }>, "kind"> {
  const outcome = filterResults(rows, filter, groups);
  if (outcome.kind === "filtered") return outcome;
  const { field, wanted, nearest, known } = outcome;
  throw new UserError(`unknown-${field}`, `no results for ${field} \`${wanted}\``, {
    at: `--${field}`,
    hint: nearest === undefined ? listHint(field, known) : `did you mean \`${nearest}\`?`,
  });
}

function listHint(field: PatternField, known: readonly string[]): string {
  if (known.length === 0) return "there are no results on record";
  const shown = known.slice(0, 20).join(", ");
  const rest = known.length - 20;
  return `known are ${shown}${rest > 0 ? ` and ${rest} more` : ""}; \`${field === "round" ? "v4.*" : "*h100*"}\` is a pattern`;
}
