import type { CompareSubject } from "../../../src/schema/atlas/comparison.ts";
import type { ResultRun } from "../../../src/schema/atlas/result-run.ts";
import { csvText } from "../../../src/foundation/csv.ts";

/** The time of one run. */
export interface TimePoint {
  subject: string;
  run: string;
  minutes: number;
  /** Whether the run counts in the score. */
  isCounted: boolean;
}

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
    points: withTimes.flatMap(({ name, runs }) =>
      runs.map(({ run, timeToTrainMs, fate }) => ({
        subject: name,
        run,
        minutes: timeToTrainMs / 60_000,
        isCounted: fate === "counted",
      })),
    ),
    notes: subjects.flatMap(({ name, runs }) => {
      const failed = runs.filter(({ fate }) => fate === "failed").length;
      if (runs.length === 0) return [`${name}: the source does not list individual runs`];
      return failed === 0 ? [] : [`${name}: ${failed} of ${runs.length} runs failed`];
    }),
  };
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
