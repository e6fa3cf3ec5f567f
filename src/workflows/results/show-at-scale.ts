import { bestAtScale } from "../../atlas/compare/best-at-scale.ts";
import type { ResultFilter } from "../../atlas/rows/filter-results.ts";
import { measureRow } from "../../atlas/rows/measures.ts";
import { selectWithAliases } from "../../atlas/rows/select-results.ts";
import { UserError } from "../../foundation/errors/user-error.ts";
import type { BenchmarkAlias } from "../../schema/atlas/rounds/benchmark-alias.ts";
import type { BestAtScale } from "../../schema/atlas/answers/best-at-scale.ts";
import type { ResultsProblem } from "../../schema/atlas/results/results-problem.ts";
import { type AtlasRequest, loadAtlas } from "./load-atlas.ts";

export interface AtScaleRequest extends AtlasRequest {
  /** Results of the closed division, unless it names another. */
  filter: ResultFilter;
  /** Accelerators. */
  scale: number;
}

export interface AtScale {
  benchmark: string;
  best: BestAtScale;
  aliases: readonly BenchmarkAlias[];
  problems: readonly ResultsProblem[];
}

/**
 * The accelerator vendors compared at system sizes near a scale, and at the largest size of each.
 *
 * @throws UserError `one-benchmark-needed`, and what `selectResults` throws
 */
export async function showAtScale(request: AtScaleRequest): Promise<AtScale> {
  const atlas = await loadAtlas(request);
  const filter = { ...request.filter, division: request.filter.division ?? "closed" };
  const { rows: found, aliases } = selectWithAliases(atlas.rows, filter, atlas.groups);
  const benchmarks = [...new Set(found.map(({ benchmark }) => benchmark))];
  if (benchmarks.length > 1)
    throw new UserError("one-benchmark-needed", "`--at` requires a single benchmark", {
      saw: benchmarks.slice(0, 12).join(", "),
      hint: `select one: \`--benchmark ${benchmarks[0] ?? ""}\``,
    });
  const measured = found.map((row) => measureRow(row, atlas.rod));
  return {
    benchmark: benchmarks[0] ?? "",
    best: bestAtScale(measured, request.scale, atlas.accelerators),
    aliases,
    problems: atlas.problems,
  };
}
