import type { TelemetrySeries } from "../../schema/run/measured/telemetry-series.ts";

/** One value of the telemetry of a run. */
export interface TelemetryPoint {
  series: TelemetrySeries;
  /** Milliseconds since the epoch. */
  timeMs: number;
  /** Of a rank: the training step. */
  step: number | undefined;
  samplesCount: number | undefined;
  value: number;
}

export function telemetryPoints(telemetry: readonly TelemetrySeries[]): TelemetryPoint[] {
  return telemetry.flatMap((series) => {
    const { steps, samplesCounts } =
      series.kind === "step" ? series : { steps: undefined, samplesCounts: undefined };
    return series.values.map((value, index) => ({
      series,
      timeMs: series.timeMs[index] ?? 0,
      step: steps?.[index],
      samplesCount: samplesCounts?.[index],
      value,
    }));
  });
}

/**
 * The name of each series within its run, as trackers group metrics: `system/cpu_cores`,
 * `system/accelerator_0/power_watts`, `step/compute_ms`. Hosts and ranks are named if there are several.
 */
export function telemetryNames(
  telemetry: readonly TelemetrySeries[],
): Map<TelemetrySeries, string> {
  const hosts = new Set(telemetry.flatMap((one) => (one.kind === "system" ? [one.host] : [])));
  const ranks = new Set(telemetry.flatMap((one) => (one.kind === "step" ? [one.rank] : [])));
  const partsOf = (series: TelemetrySeries): (string | undefined)[] =>
    series.kind === "system"
      ? [hosts.size > 1 ? series.host : undefined, series.device?.replaceAll(/\W+/gu, "_")]
      : [ranks.size > 1 ? `rank_${series.rank}` : undefined];
  return new Map(
    telemetry.map((series) => {
      const parts = partsOf(series).filter((part) => part !== undefined);
      return [series, [series.kind, ...parts, series.name].join("/")];
    }),
  );
}
