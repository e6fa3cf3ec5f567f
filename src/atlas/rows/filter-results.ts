import { nearestWord } from "../../foundation/nearest-word.ts";
import type { CompatibilityGroup } from "../../schema/atlas/compatibility.ts";
import type { ResultRow } from "../../schema/atlas/result-row.ts";
import { matchesGlob } from "../names/glob-pattern.ts";

/** The fields that patterns match. */
export const patternFields = [
  "suite",
  "benchmark",
  "round",
  "submitter",
  "system",
  "accelerator",
  "division",
  "availability",
] as const;
export type PatternField = (typeof patternFields)[number];

/**
 * Filters for results. Patterns support `*` and `?`, are case-insensitive, and can be combined with commas. `h100`
 * matches the family as well as the published name; `v5.0` can be written `5.0`.
 */
export type ResultFilter = { readonly [Field in PatternField]?: string | undefined } & {
  readonly minAccelerators?: number | undefined;
  readonly maxAccelerators?: number | undefined;
};

export type FilterOutcome =
  | { kind: "filtered"; rows: readonly ResultRow[] }
  /** A pattern that matches no row, regardless of the other filters. */
  | {
      kind: "unknown";
      field: PatternField;
      wanted: string;
      nearest: string | undefined;
      known: readonly string[];
    };

/**
 * Returns the rows that match all filters, in their original order.
 *
 * @param groups for former names of benchmarks: `gnn` finds `rgat`
 */
export function filterResults(
  rows: readonly ResultRow[],
  filter: ResultFilter,
  groups: readonly CompatibilityGroup[],
): FilterOutcome {
  const tests: ((row: ResultRow) => boolean)[] = [];
  for (const field of patternFields) {
    const written = filter[field];
    if (written === undefined) continue;
    const patterns = written
      .split(",")
      .map((pattern) => pattern.trim())
      .filter((pattern) => pattern !== "")
      .map((pattern) => (field === "benchmark" ? currentName(pattern, rows, groups) : pattern));
    for (const pattern of patterns) {
      if (!rows.some((row) => matchesField(row, field, pattern)))
        return unknownPattern(rows, field, pattern);
    }
    tests.push((row) => patterns.some((pattern) => matchesField(row, field, pattern)));
  }
  const { minAccelerators: minimum = 0, maxAccelerators: maximum = Number.POSITIVE_INFINITY } =
    filter;
  if (filter.minAccelerators !== undefined || filter.maxAccelerators !== undefined)
    tests.push(
      ({ acceleratorCount: count }) => count !== undefined && count >= minimum && count <= maximum,
    );
  return { kind: "filtered", rows: rows.filter((row) => tests.every((test) => test(row))) };
}

/** Replaces a former benchmark name with the current one, unless rows use the former name too, such as `ssd`. */
function currentName(
  pattern: string,
  rows: readonly ResultRow[],
  groups: readonly CompatibilityGroup[],
): string {
  if (rows.some(({ benchmark }) => matchesGlob(benchmark, pattern))) return pattern;
  const group = groups.find(({ aliases }) => aliases.some((alias) => matchesGlob(alias, pattern)));
  return group?.benchmark ?? pattern;
}

function matchesField(row: ResultRow, field: PatternField, pattern: string): boolean {
  return namesOf(row, field).some((name) => matchesGlob(name, pattern));
}

/** All names of a row in a field. */
function namesOf(row: ResultRow, field: PatternField): readonly string[] {
  switch (field) {
    case "round":
      return [row.round, row.round.replace(/^v/u, "")];
    case "submitter":
      return row.submitter.includes("+")
        ? [row.submitter, ...row.submitter.split("+")]
        : [row.submitter];
    case "system":
      return [row.system, row.systemName ?? row.system];
    case "accelerator":
      return [row.acceleratorFamily, row.accelerator, row.acceleratorAsPublished].filter(
        (name) => name !== undefined,
      );
    case "suite":
    case "benchmark":
      return [row[field]];
    case "division":
    case "availability":
      return row[field] === undefined ? [] : [row[field]];
  }
}

function unknownPattern(
  rows: readonly ResultRow[],
  field: PatternField,
  wanted: string,
): FilterOutcome {
  const known = new Set(rows.flatMap((row) => namesOf(row, field).slice(0, 2)));
  const sorted = [...known].toSorted((a, b) => (a < b ? -1 : 1));
  return { kind: "unknown", field, wanted, nearest: nearestWord(wanted, sorted), known: sorted };
}
