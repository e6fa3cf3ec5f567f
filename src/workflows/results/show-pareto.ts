import type { ResultFilter } from "../../atlas/rows/filter-results.ts";
import { measureRow } from "../../atlas/rows/measures.ts";
import { selectFront } from "../../atlas/scaling/select-front.ts";
import { UserError } from "../../foundation/errors/user-error.ts";
import type { Measure } from "../../schema/atlas/answers/figures.ts";
import type { ParetoFront } from "../../schema/atlas/answers/pareto.ts";
import type { ResultsProblem } from "../../schema/atlas/results/results-problem.ts";
import type { RunStore } from "../../store/records/run-store.ts";
import { type AtlasRequest, loadAtlas } from "./load-atlas.ts";
import { selectResults } from "../../atlas/rows/select-results.ts";

export interface ParetoRequest extends AtlasRequest {
  filter: ResultFilter;
  objectives: readonly Measure[];
  /** The store whose runs are listed with the published results. Default none. */
  ownStore?: RunStore | undefined;
}

/**
 * The Pareto-optimal results. For benchmarks whose rules changed, only the newest compatibility group.
 *
 * @throws UserError `one-benchmark-needed`, and what `selectResults` throws
 */
export async function showPareto(
  request: ParetoRequest,
): Promise<{ front: ParetoFront; benchmark: string; problems: readonly ResultsProblem[] }> {
  const atlas = await loadAtlas(request);
  const { ownStore, filter, objectives } = request;
  const own =
    ownStore === undefined
      ? []
      : (await (await import("./own-results.ts")).ownResults(ownStore, atlas.accelerators)).map(
          ({ row }) => row,
        );
  const found = selectResults([...own, ...atlas.rows], filter, atlas.groups);
  const benchmarks = [...new Set(found.map(({ benchmark }) => benchmark))];
  if (benchmarks.length > 1)
    throw new UserError("one-benchmark-needed", "`pitwall pareto` requires a single benchmark", {
      saw: benchmarks.slice(0, 12).join(", "),
      hint: `select one: \`--benchmark ${benchmarks[0] ?? ""}\``,
    });
  const measured = found.map((row) => measureRow(row, atlas.rod));
  return {
    front: selectFront(measured, objectives),
    benchmark: benchmarks[0] ?? "",
    problems: atlas.problems,
  };
}
