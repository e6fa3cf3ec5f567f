import { formatDuration } from "../../foundation/numbers/units.ts";
import { deviationsOf80Percent } from "../../planner/odds/deviations.ts";
import { publishedPredictor } from "../../planner/published/predict-published.ts";
import { yearOf } from "../../planner/published/published-features.ts";
import type { Accelerator } from "../../schema/catalogue.ts";
import type { FinishedTraining } from "../../schema/plan/finished-training.ts";
import type { TrainingReview } from "../../schema/plan/training-review.ts";
import type { PlanData } from "../../schema/plan/plan-data.ts";
import type { KnownSystem } from "./known-system.ts";
import type { ReviewedGoal } from "./reviewed-goal.ts";

/**
 * The time to train by other published results of the benchmark: the result of the reviewed log and its repetitions are
 * left out.
 */
export function publishedFigure(
  {
    goal,
    data,
    system,
    accelerator,
    count,
  }: {
    goal: ReviewedGoal;
    data: PlanData;
    system: KnownSystem;
    accelerator: Accelerator | undefined;
    count: number;
  },
  training: FinishedTraining,
): TrainingReview["published"] {
  const { benchmark } = goal;
  if (benchmark === undefined || accelerator === undefined) return undefined;
  if (training.outcome !== "reached") return undefined;
  const { rows, accelerators } = data;
  const own = system.row;
  const submitters = new Set([own?.submitter, training.submitter]);
  const others = rows.filter(
    (row) =>
      row !== own &&
      !(
        submitters.has(row.submitter) &&
        row.acceleratorCount === count &&
        row.accelerator === accelerator.name
      ),
  );
  const predictor = publishedPredictor(
    {
      rows: others,
      accelerators: new Map(accelerators.map((one) => [one.name, one])),
      model: data.model,
    },
    {
      benchmark: benchmark.benchmark,
      compatibilityGroup: own?.compatibilityGroup ?? benchmark.compatibilityGroup,
    },
  );
  if (predictor === undefined) return undefined;
  const year = yearOfTraining(training, own?.publishedOn);
  const found = predictor.predict({
    accelerator: accelerator.name,
    acceleratorCount: count,
    year,
  });
  if (found === undefined) return undefined;
  const width = Math.exp(deviationsOf80Percent * found.logSpread);
  const { row } = found.nearest;
  return {
    trainMs: found.timeMs,
    low: found.timeMs / width,
    high: found.timeMs * width,
    text: `${row.round} ${row.submitter}, ${row.acceleratorCount} x ${row.accelerator} in ${formatDuration(row.scoreMs)}`,
    source: row.source,
  };
}

/** Of the publication, else of the training. */
function yearOfTraining({ startMs }: FinishedTraining, publishedOn: string | undefined): number {
  if (publishedOn !== undefined) return yearOf(publishedOn);
  return yearOf(new Date(startMs).toISOString().slice(0, 10));
}
