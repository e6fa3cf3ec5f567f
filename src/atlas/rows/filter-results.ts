import { nearestWord } from "../../foundation/text/nearest-word.ts";
import type { BenchmarkAlias } from "../../schema/atlas/rounds/benchmark-alias.ts";
import type { CompatibilityGroup } from "../../schema/atlas/answers/compatibility.ts";
import type { ResultRow } from "../../schema/atlas/results/result-row.ts";
import { resolveBenchmark } from "../names/benchmark-aliases.ts";
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
  /** The exact number of accelerators. */
  readonly accelerators?: number | undefined;
  readonly minAccelerators?: number | undefined;
  readonly maxAccelerators?: number | undefined;
  readonly scores?: ScoreFilter | undefined;
};

/** `official`: only scores by the rules; `middle-run`: only rows that give a middle run instead. */
export const scoreFilters = ["official", "middle-run"] as const;
export type ScoreFilter = (typeof scoreFilters)[number];

export type FilterOutcome =
  | { kind: "filtered"; rows: readonly ResultRow[]; aliases: readonly BenchmarkAlias[] }
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
 * @param groups for other names of benchmarks: `gnn` finds `rgat`, and `ssd` finds `retinanet` in v3.1
 */
export function filterResults(
  rows: readonly ResultRow[],
  filter: ResultFilter,
  groups: readonly CompatibilityGroup[],
): FilterOutcome {
  let kept = rows.filter(hasCount(filter)).filter(hasScoreKind(filter));
  for (const field of patternFields) {
    if (field === "benchmark") continue;
    const patterns = patternsOf(filter[field]);
    const unmatched = patterns.find((pattern) => !matchesAny(rows, field, pattern));
    if (unmatched !== undefined) return unknownPattern(rows, field, unmatched);
    if (patterns.length > 0)
      kept = kept.filter((row) => patterns.some((pattern) => matchesField(row, field, pattern)));
  }
  return filterBenchmarks(rows, kept, { patterns: patternsOf(filter.benchmark), groups });
}

/** Benchmarks come last, because the meaning of some names depends on the rounds that the other filters leave. */
function filterBenchmarks(
  rows: readonly ResultRow[],
  candidates: readonly ResultRow[],
  { patterns, groups }: { patterns: readonly string[]; groups: readonly CompatibilityGroup[] },
): FilterOutcome {
  if (patterns.length === 0) return { kind: "filtered", rows: candidates, aliases: [] };
  const resolved = patterns.map((pattern) => resolveBenchmark(pattern, candidates, groups));
  for (const [index, { pattern }] of resolved.entries()) {
    const isKnown =
      matchesAny(rows, "benchmark", pattern) ||
      resolveBenchmark(pattern, rows, groups).alias !== undefined;
    if (!isKnown) return unknownPattern(rows, "benchmark", patterns[index] ?? pattern);
  }
  return {
    kind: "filtered",
    rows: candidates.filter(({ benchmark }) =>
      resolved.some(({ pattern }) => matchesGlob(benchmark, pattern)),
    ),
    aliases: resolved.flatMap(({ alias }) => alias ?? []),
  };
}

function patternsOf(written: string | undefined): string[] {
  return (written ?? "")
    .split(",")
    .map((pattern) => pattern.trim())
    .filter((pattern) => pattern !== "");
}

function hasCount(filter: ResultFilter): (row: ResultRow) => boolean {
  const { accelerators, minAccelerators, maxAccelerators } = filter;
  if ([accelerators, minAccelerators, maxAccelerators].every((count) => count === undefined))
    return () => true;
  const minimum = Math.max(accelerators ?? 0, minAccelerators ?? 0);
  const maximum = Math.min(
    accelerators ?? Number.POSITIVE_INFINITY,
    maxAccelerators ?? Number.POSITIVE_INFINITY,
  );
  return ({ acceleratorCount: count }) =>
    count !== undefined && count >= minimum && count <= maximum;
}

function hasScoreKind({ scores }: ResultFilter): (row: ResultRow) => boolean {
  if (scores === undefined) return () => true;
  const wanted = scores === "official" ? "score" : "middle-run";
  return ({ scoreKind }) => scoreKind === wanted;
}

function matchesAny(rows: readonly ResultRow[], field: PatternField, pattern: string): boolean {
  return rows.some((row) => matchesField(row, field, pattern));
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
      return submitterNames(row);
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

/** The organization, each of several ones, and the folder that `rowId` names. */
function submitterNames({ submitter, suite, rowId }: ResultRow): readonly string[] {
  const folders = suite.startsWith("mlperf") ? rowId.split("/").slice(2, 3) : [];
  return [submitter, ...(submitter.includes("+") ? submitter.split("+") : []), ...folders];
}

function unknownPattern(
  rows: readonly ResultRow[],
  field: PatternField,
  wanted: string,
): FilterOutcome {
  const known = new Set(
    rows.flatMap((row) => namesOf(row, field).slice(0, field === "round" ? 1 : 2)),
  );
  known.delete("");
  const sorted = [...known].toSorted((a, b) => (a < b ? -1 : 1));
  return { kind: "unknown", field, wanted, nearest: nearestWord(wanted, sorted), known: sorted };
}
