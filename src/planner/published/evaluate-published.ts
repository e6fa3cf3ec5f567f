import { groupBy } from "../../foundation/collections/group-by.ts";
import { meanOf, median } from "../../foundation/numbers/statistics.ts";
import type { PublishedRow } from "../../schema/plan/published-row.ts";
import { deviationsOf80Percent } from "../odds/deviations.ts";
import { publishedPredictor, type PublishedSources } from "./predict-published.ts";
import { yearOf } from "./published-features.ts";

/** One published result, predicted from earlier rounds only. */
export interface EarlierRoundsPrediction {
  row: PublishedRow;
  predictedMs: number;
  /** Predicted over published, minus 1. */
  error: number;
  /** The 80 % interval contains the published time. */
  isInside: boolean;
  /** What the nearest earlier result gives, scaled by the number of accelerators alone; minus 1. */
  plainError: number;
}

/** How well a round was predicted from the rounds before it. */
export interface RoundEvaluation {
  round: string;
  /** The constants of the model were not fitted on this round. */
  isHeldOut: boolean;
  pointCount: number;
  medianError: number;
  meanError: number;
  maximumError: number;
  /** Median of the signed errors. */
  bias: number;
  insideFraction: number;
  /** Median error of the nearest earlier result, scaled by the number of accelerators alone. */
  plainMedianError: number;
}

/** Predicts every result of a round from the results of earlier rounds; benchmarks that are new in the round are omitted. */
export function predictRound(round: string, sources: PublishedSources): EarlierRoundsPrediction[] {
  const ofRound = sources.rows.filter(
    (row) =>
      row.suite === "mlperf-training" &&
      row.round === round &&
      row.division === "closed" &&
      row.repeats === undefined,
  );
  const groups = groupBy(ofRound, (row) => `${row.benchmark} ${row.compatibilityGroup}`);
  return [...groups.values()].flatMap((rows) => {
    const [first] = rows;
    if (first?.publishedOn === undefined) return [];
    const { benchmark, compatibilityGroup, publishedOn } = first;
    const beforeYear = yearOf(publishedOn);
    const predictor = publishedPredictor(sources, { benchmark, compatibilityGroup, beforeYear });
    return rows.flatMap((row) => {
      const { accelerator, acceleratorCount, scoreMs } = row;
      if (accelerator === undefined || acceleratorCount === undefined || scoreMs === undefined)
        return [];
      const predicted = predictor?.predict({ accelerator, acceleratorCount, year: beforeYear });
      if (predicted === undefined) return [];
      const { timeMs, logSpread, nearest } = predicted;
      const plainMs = (nearest.row.scoreMs * nearest.row.acceleratorCount) / acceleratorCount;
      return {
        row,
        predictedMs: timeMs,
        error: timeMs / scoreMs - 1,
        isInside: Math.abs(Math.log(timeMs / scoreMs)) <= deviationsOf80Percent * logSpread,
        plainError: plainMs / scoreMs - 1,
      };
    });
  });
}

/** Evaluates each round that has earlier results of its benchmarks. */
export function evaluatePublished(
  rounds: readonly string[],
  sources: PublishedSources,
): RoundEvaluation[] {
  return rounds.flatMap((round) => {
    const predictions = predictRound(round, sources);
    if (predictions.length === 0) return [];
    const errors = predictions.map(({ error }) => Math.abs(error));
    return {
      round,
      isHeldOut: !sources.model.fittedRounds.includes(round),
      pointCount: predictions.length,
      medianError: median(errors),
      meanError: meanOf(errors),
      maximumError: Math.max(...errors),
      bias: median(predictions.map(({ error }) => error)),
      insideFraction: predictions.filter(({ isInside }) => isInside).length / predictions.length,
      plainMedianError: median(predictions.map(({ plainError }) => Math.abs(plainError))),
    };
  });
}
