import type { ResultFilter } from "../../atlas/rows/filter-results.ts";
import type { ScalingCurves } from "../../atlas/scaling/scaling-curves.ts";
import { selectScaling } from "../../atlas/scaling/select-scaling.ts";
import { UserError } from "../../foundation/errors/user-error.ts";
import type { ResultsProblem } from "../../schema/atlas/results/results-problem.ts";
import type { ScalingReport } from "../../schema/atlas/answers/scaling-study.ts";
import { type AtlasRequest, loadAtlas } from "./load-atlas.ts";
import { selectResults } from "../../atlas/rows/select-results.ts";

export interface ScalingRequest extends AtlasRequest {
  /** Without `round`: the newest round with a curve of four sizes, else of three, else of two, else all rounds of the newest rules. */
  filter: ResultFilter;
}

/**
 * How time decreases with the number of accelerators, and why it stops decreasing: one curve per accelerator and submitter.
 *
 * @throws UserError `one-benchmark-needed`, `too-few-sizes`, and what `selectResults` throws
 */
export async function showScaling(
  request: ScalingRequest,
): Promise<{ report: ScalingReport; problems: readonly ResultsProblem[] }> {
  const { filter } = request;
  const atlas = await loadAtlas(request);
  const found = selectResults(atlas.rows, filter, atlas.groups);
  const benchmarks = [...new Set(found.map(({ benchmark }) => benchmark))];
  if (benchmarks.length > 1)
    throw new UserError("one-benchmark-needed", "`pitwall scaling` requires a single benchmark", {
      saw: benchmarks.join(", "),
      hint: `select one: \`--benchmark ${benchmarks[0] ?? ""}\``,
    });
  const outcome = selectScaling(found, { hasRound: filter.round !== undefined });
  if (outcome.kind === "curves") return { report: outcome.report, problems: atlas.problems };
  throw new UserError(
    "too-few-sizes",
    "scaling requires results of at least two sizes of one accelerator and submitter",
    {
      saw: describeSizes(outcome),
      hint: "remove filters, or include more rounds with `--round 'v*'`",
    },
  );
}

const shownSizes = 8;

function describeSizes({
  singleSizes,
  weakCount,
}: Extract<ScalingCurves, { kind: "too-few-sizes" }>): string {
  const weak = weakCount === 0 ? "" : `; ${weakCount} HPC results that train many models at once`;
  if (singleSizes.length === 0)
    return `no results with a score and a known number of accelerators${weak}`;
  const shown = singleSizes
    .slice(0, shownSizes)
    .map((one) => `${one.acceleratorCount} ${one.accelerator} of ${one.submitter}`);
  const more = singleSizes.length - shown.length;
  return `only ${shown.join(", ")}${more > 0 ? ` and ${more} more` : ""}${weak}`;
}
