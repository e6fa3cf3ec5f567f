import type { TelemetrySeries } from "../../schema/run/measured/telemetry-series.ts";
import { telemetryNames, telemetryPoints } from "./telemetry-points.ts";

/** One value of a host or of one of its devices. */
export interface SystemPoint {
  /** `system/…`, unique within the run. */
  metric: string;
  series: Extract<TelemetrySeries, { kind: "system" }>;
  /** Whole seconds since launch: trackers require a step. */
  step: number;
  /** Milliseconds since the epoch. */
  timeMs: number;
  value: number;
}

export function systemPoints(
  telemetry: readonly TelemetrySeries[],
  launchedMs: number,
): SystemPoint[] {
  const names = telemetryNames(telemetry);
  return telemetryPoints(telemetry).flatMap(({ series, timeMs, value }) => {
    if (series.kind !== "system") return [];
    const step = Math.max(0, Math.floor((timeMs - launchedMs) / 1000));
    return [{ metric: names.get(series) ?? series.name, series, step, timeMs, value }];
  });
}
