import { thinSeries } from "../../../atlas/rows/thin-series.ts";
import type { Evaluation, RunResult } from "../../../schema/run/outcome/run-result.ts";

const maxCurvePoints = 200;

/** The quality of a run over the clock that gives its time to train: the program's own, if `--clock` reads it. */
export function curveOfRun(
  evaluations: readonly Pick<Evaluation, "clockMs" | "programMs" | "value">[],
  result: RunResult | undefined,
): { clockMs: number[]; value: number[] } {
  // A verdict by arrival times means that the program's own clock was unusable.
  const isByProgram = result === undefined || result.clock.programClock !== undefined;
  const points = thinSeries(
    evaluations.map(({ clockMs, programMs, value }) => ({
      timeMs: isByProgram ? (programMs ?? clockMs) : clockMs,
      value,
      samples: undefined,
    })),
    maxCurvePoints,
  );
  return {
    clockMs: points.map(({ timeMs }) => timeMs),
    value: points.map(({ value }) => value),
  };
}
