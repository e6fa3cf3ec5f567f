import type { ResultFilter } from "../../atlas/rows/filter-results.ts";
import { compareRoundNames } from "../../atlas/rows/sort-results.ts";
import { studyScaling } from "../../atlas/scaling/study-scaling.ts";
import { UserError } from "../../foundation/user-error.ts";
import type { ResultRow } from "../../schema/atlas/result-row.ts";
import type { ResultsProblem } from "../../schema/atlas/results-problem.ts";
import type { ScalingStudy } from "../../schema/atlas/scaling-study.ts";
import { type AtlasRequest, loadAtlas } from "./load-atlas.ts";
import { selectResults } from "../../atlas/rows/select-results.ts";

/** Minimum number of sizes for a study of one round. */
const sizesOfStudy = 4;

export interface ScalingRequest extends AtlasRequest {
  /** Without `round`: the newest round with four sizes or more, else all rounds of the newest compatibility group. */
  filter: ResultFilter;
}

/**
 * How time decreases with the number of accelerators, and why it stops decreasing.
 *
 * @throws UserError `one-benchmark-needed`, `too-few-sizes`, and what `selectResults` throws
 */
export async function showScaling(
  request: ScalingRequest,
): Promise<{ study: ScalingStudy; problems: readonly ResultsProblem[] }> {
  const { filter } = request;
  const atlas = await loadAtlas(request);
  const found = selectResults(atlas.rows, filter, atlas.groups);
  const benchmarks = [...new Set(found.map(({ benchmark }) => benchmark))];
  if (benchmarks.length > 1)
    throw new UserError("one-benchmark-needed", "`pitwall scaling` requires a single benchmark", {
      saw: benchmarks.join(", "),
      hint: `select one: \`--benchmark ${benchmarks[0] ?? ""}\``,
    });
  const newestGroup = Math.max(0, ...found.map(({ compatibilityGroup }) => compatibilityGroup));
  const alike = found.filter(({ compatibilityGroup }) => compatibilityGroup === newestGroup);
  const chosen = filter.round === undefined ? chooseRound(alike) : alike;
  const outcome = studyScaling(chosen);
  if (outcome.kind === "studied") return { study: outcome.study, problems: atlas.problems };
  throw new UserError("too-few-sizes", "scaling requires results of at least two sizes", {
    saw:
      outcome.sizes.length === 0
        ? "no results with a score and a known number of accelerators"
        : `only ${outcome.sizes.join(", ")} accelerators`,
    hint: "remove filters, or include more rounds with `--round 'v*'`",
  });
}

/** Rounds differ in software, which would look like scaling: uses a single round if one has enough sizes. */
function chooseRound(rows: readonly ResultRow[]): readonly ResultRow[] {
  const rounds = [...new Set(rows.map(({ round }) => round))].toSorted(compareRoundNames);
  const full = rounds.findLast((round) => sizesIn(rows, round) >= sizesOfStudy);
  return full === undefined ? rows : rows.filter(({ round }) => round === full);
}

function sizesIn(rows: readonly ResultRow[], round: string): number {
  const sizes = rows
    .filter((row) => row.round === round && row.scoreMs !== undefined)
    .flatMap(({ acceleratorCount }) => acceleratorCount ?? []);
  return new Set(sizes).size;
}
