import { UserError } from "../../../foundation/errors/user-error.ts";
import { MetricReader } from "../../../formats/text/metrics/metric-reader.ts";
import type { WantedMetric, WantedReadings } from "../../../formats/text/metrics/wanted-metric.ts";
import type { OutputPatterns } from "../../../mllog/output/read-output.ts";
import type { OutputReading } from "../../../schema/run/request/run-request.ts";
import { compileLine, compileMetric } from "../../launch/prepare/plan-series.ts";

/**
 * Compiles what is read from a run: the patterns for its output, and the readings that come from files instead.
 *
 * @param options `readsSteps`: whether to read the program's count of steps; `isRecorded` skips a pattern that this version does not support, so that old records still open
 * @throws UserError as `compileMetric` and `compileLine` do, unless the run is recorded
 */
export function outputPatterns(
  { metrics, samplesPattern, clockStartPattern, programClock, metricsFrom }: OutputReading,
  { isRecorded, readsSteps = false }: { isRecorded: boolean; readsSteps?: boolean },
): OutputPatterns & { metrics: MetricReader; wanted: WantedReadings } {
  const compile = <Pattern>(make: () => Pattern): Pattern | undefined => {
    try {
      return make();
    } catch (error) {
      if (isRecorded && error instanceof UserError) return undefined;
      throw error;
    }
  };
  const wanted = {
    metrics: metrics.flatMap(
      ({ metric, pattern }) => compile(() => wantedMetric(metric, pattern)) ?? [],
    ),
    samples:
      samplesPattern === undefined
        ? undefined
        : compile(() => compileMetric(samplesPattern, "--samples")),
    clock:
      programClock === undefined
        ? undefined
        : compile(() => compileMetric(programClock, "--clock")),
    readsSteps,
  };
  return {
    wanted,
    metrics: new MetricReader(metricsFrom === undefined ? wanted : { metrics: [] }),
    clockStart:
      clockStartPattern === undefined
        ? undefined
        : compile(() => compileLine(clockStartPattern, "--clock-start")),
  };
}

function wantedMetric(metric: string, pattern: string | undefined): WantedMetric {
  return pattern === undefined ? { kind: "name", metric } : compileMetric(pattern, "--metric");
}
