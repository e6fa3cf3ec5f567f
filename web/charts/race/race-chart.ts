import { csvText } from "../../../src/foundation/tables/csv.ts";
import { armLabel } from "../../../src/report/race/race-verdict.ts";
import type { MetricTarget } from "../../../src/schema/run/outcome/metric-target.ts";
import type { RaceDocument } from "../../../src/schema/dashboard/race.ts";

/** Arms have the hues of the style sheet after the first, which is gray. */
const hueCount = 11;

/** The position of an arm's color among the family colors. */
export function hueOfArm(arm: number): number {
  return ((arm - 1) % hueCount) + 1;
}

/** One point of a run's curve. */
export interface CurvePoint {
  runId: string;
  arm: number;
  seconds: number;
  value: number;
}

/** The curves of all runs, and what they should reach. */
export interface RaceCurvesChart {
  points: readonly CurvePoint[];
  metric: string;
  target: { value: number; label: string } | undefined;
}

export function raceCurvesChart({ report, curves }: RaceDocument): RaceCurvesChart {
  return {
    points: curves.flatMap(({ runId, arm, clockMs, value }) =>
      clockMs.map((ms, index) => ({ runId, arm, seconds: ms / 1000, value: value[index] ?? 0 })),
    ),
    metric: report.target?.metric ?? "quality",
    target: targetOf(report.target),
  };
}

function targetOf(target: MetricTarget | undefined): RaceCurvesChart["target"] {
  if (target === undefined) return undefined;
  const sign = target.direction === "at-least" ? "≥" : "≤";
  return { value: target.value, label: `target ${sign} ${target.value}` };
}

/** The time of one run, or the longest time of the race for a run that missed the target. */
export interface RaceTime {
  runId: string;
  arm: number;
  label: string;
  seed: number;
  seconds: number;
  isReached: boolean;
}

export interface RaceTimesChart {
  labels: readonly string[];
  times: readonly RaceTime[];
  medians: readonly { arm: number; label: string; seconds: number }[];
}

export function raceTimesChart({ report }: RaceDocument): RaceTimesChart {
  const slowestMs = Math.max(0, ...report.arms.map((arm) => arm.slowestMs ?? 0));
  return {
    labels: report.arms.map((arm) => armLabel(arm)),
    times: report.arms.flatMap((arm) =>
      arm.runs
        .filter(
          ({ state, isWarmup }) =>
            isWarmup !== true && (state === "reached" || state === "missed" || state === "died"),
        )
        .map(({ runId, seed, timeToTrainMs }) => ({
          runId,
          arm: arm.arm,
          label: armLabel(arm),
          seed,
          seconds: (timeToTrainMs ?? slowestMs * 1.1) / 1000,
          isReached: timeToTrainMs !== undefined,
        })),
    ),
    medians: report.arms.flatMap((arm) =>
      arm.medianMs === undefined
        ? []
        : [{ arm: arm.arm, label: armLabel(arm), seconds: arm.medianMs / 1000 }],
    ),
  };
}

export function raceCurvesCsv({ points, metric }: RaceCurvesChart): string {
  const lines = points.map(({ runId, arm, seconds, value }) => [runId, arm, seconds, value]);
  return csvText([["run", "arm", "seconds", metric], ...lines]);
}

export function raceTimesCsv({ times }: RaceTimesChart): string {
  const lines = times.map(({ runId, label, seed, seconds, isReached }) => [
    runId,
    label,
    seed,
    isReached ? seconds : "",
    isReached,
  ]);
  return csvText([["run", "arm", "seed", "seconds", "reached"], ...lines]);
}
