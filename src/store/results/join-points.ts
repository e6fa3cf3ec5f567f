import type { TableLine } from "./parquet-file.ts";

interface OpenCurve extends Record<string, unknown> {
  clockMs: number[];
  value: number[];
  samples?: number[];
}

/** The points of a series are consecutive and sorted by time; either all or none of its points have a sample count. */
export function joinPoints(lines: readonly TableLine[]): TableLine[] {
  const curves: OpenCurve[] = [];
  let current: OpenCurve | undefined;
  for (const line of lines) {
    const { rowId, run, series, metricName, pointCount, clockMs, value, samples } = line;
    const goesOn =
      current !== undefined &&
      current["rowId"] === rowId &&
      current["run"] === run &&
      current["series"] === series &&
      current["metricName"] === metricName;
    if (current === undefined || !goesOn) {
      current = { rowId, run, series, metricName, pointCount, clockMs: [], value: [] };
      curves.push(current);
    }
    current.clockMs.push(Number(clockMs));
    current.value.push(fromFloat(Number(value)));
    if (samples !== undefined) (current.samples ??= []).push(fromFloat(Number(samples)));
  }
  return curves;
}

/** Converts a 32-bit float back to the decimal number that it was created from. */
function fromFloat(value: number): number {
  return Number.isInteger(value) ? value : Number(value.toPrecision(6));
}
