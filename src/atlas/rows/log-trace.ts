import type { CurveReader, RunBounds, RunTrace } from "./read-curves.ts";
import type { SamplesCount } from "./samples-count.ts";

/** The time series of one log, as plain data. */
export interface LogTrace {
  usual: RunTrace;
  /** With more points; used for one run of each result. */
  detailed: RunTrace;
  samplesUnit: SamplesCount["unit"];
}

/** Maximum points per series; quality series keep twice as many. */
const pointsPerSeries = { usual: 24, detailed: 120 };

/** @param reader has read all lines of the log */
export function traceOf(
  reader: CurveReader,
  clock: RunBounds,
  { unit, fields }: SamplesCount,
): LogTrace {
  const withPoints = (mostPoints: number): RunTrace =>
    reader.finish({ clock, samplesFields: fields, mostPoints });
  return {
    usual: withPoints(pointsPerSeries.usual),
    detailed: withPoints(pointsPerSeries.detailed),
    samplesUnit: unit,
  };
}
