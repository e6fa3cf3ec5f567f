import type { CompareSubject } from "../../../src/schema/atlas/answers/comparison.ts";
import type { ResultRun } from "../../../src/schema/atlas/results/result-run.ts";
import { csvText } from "../../../src/foundation/tables/csv.ts";

/** The time of one run. */
export interface TimePoint {
  subject: string;
  run: string;
  minutes: number;
  /** Whether the run counts in the score. */
  isCounted: boolean;
  /** Rows of dots above (negative) or below the middle, so that runs of nearly the same time do not cover each other. */
  lane: number;
}

/** Lanes in the order in which they are used. */
export const lanes = [0, -1, 1, -2, 2] as const;
/** Dots closer than this share of the axis would overlap. */
const closeFraction = 0.015;

/** Run times of the compared results, in their order. */
export interface RunTimesChart {
  subjects: readonly string[];
  points: readonly TimePoint[];
  /** Notes about runs without a time. */
  notes: readonly string[];
}

export function runTimesChart(subjects: readonly CompareSubject[]): RunTimesChart {
  const withTimes = subjects.map(({ name, runs }) => ({ name, runs: runs.filter(hasTime) }));
  return {
    subjects: withTimes.filter(({ runs }) => runs.length > 0).map(({ name }) => name),
    points: inLanes(
      withTimes.flatMap(({ name, runs }) =>
        runs.map(({ run, timeToTrainMs, fate }) => ({
          subject: name,
          run,
          minutes: timeToTrainMs / 60_000,
          isCounted: fate === "counted",
        })),
      ),
    ),
    notes: subjects.flatMap(({ name, runs }) => {
      const failed = runs.filter(({ fate }) => fate === "failed").length;
      if (runs.length === 0) return [`${name}: the source does not list individual runs`];
      return failed === 0 ? [] : [`${name}: ${failed} of ${runs.length} runs failed`];
    }),
  };
}

/** A point gets the first lane that is free at its time; the last one is shared if there are too many. */
function inLanes(points: readonly Omit<TimePoint, "lane">[]): TimePoint[] {
  const minutes = points.map((point) => point.minutes);
  const closeBy = (Math.max(...minutes) - Math.min(...minutes)) * closeFraction;
  const lastInLane = new Map<string, number>();
  const laneOf = new Map<Omit<TimePoint, "lane">, number>();
  for (const point of points.toSorted((a, b) => a.minutes - b.minutes)) {
    const isFree = (lane: number): boolean => {
      const last = lastInLane.get(`${lane} ${point.subject}`);
      return last === undefined || point.minutes - last > closeBy;
    };
    const lane = lanes.find(isFree) ?? 2;
    lastInLane.set(`${lane} ${point.subject}`, point.minutes);
    laneOf.set(point, lane);
  }
  return points.map((point) => Object.assign({ lane: laneOf.get(point) ?? 0 }, point));
}

function hasTime(run: ResultRun): run is ResultRun & { timeToTrainMs: number } {
  return run.timeToTrainMs !== undefined && run.fate !== "failed";
}

export function runTimesCsv({ points }: RunTimesChart): string {
  const lines = points.map(({ subject, run, minutes, isCounted }) => [
    subject,
    run,
    minutes,
    isCounted,
  ]);
  return csvText([["result", "run", "minutes", "counted"], ...lines]);
}
