import type { TableLine } from "./parquet-file.ts";

interface OpenCurve extends Record<string, unknown> {
  clockMs: number[];
  value: number[];
  samples?: number[];
}

/** The points of a series stand together, in order of time; a series says its samples at each point, or at none. */
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

/** A 32-bit float as the decimal number it was made of. */
function fromFloat(value: number): number {
  return Number.isInteger(value) ? value : Number(value.toPrecision(6));
}
