import type { Figures, Rates } from "../../schema/atlas/answers/figures.ts";
import type { ResultRow } from "../../schema/atlas/results/result-row.ts";

/**
 * The rates of a result. Samples are those of the runs, so energy per sample leaves out the scaling factor, which extends
 * the time and energy of the score.
 */
export function ratesOf(row: ResultRow, { kwh }: Figures): Rates {
  const { samplesToConverge = 0, scalingFactor, modelsPerMinute } = row;
  return {
    spread: spreadOf(row),
    samplesPerSecond: samplesPerSecond(row),
    joulesPerSample:
      kwh.kind === "unknown" || samplesToConverge === 0
        ? undefined
        : kwh.value / scalingFactor / samplesToConverge,
    modelsPerMinute,
  };
}

/** Samples per second of the whole system, over all models of weak scaling. */
export function samplesPerSecond({
  samplesToConverge,
  unscaledMs,
  modelCount = 1,
}: ResultRow): number | undefined {
  if (samplesToConverge === undefined || unscaledMs === undefined || unscaledMs === 0)
    return undefined;
  return (samplesToConverge * modelCount) / (unscaledMs / 1000);
}

/** From the fastest to the slowest run, relative to the median run. */
function spreadOf({
  convergedRunCount,
  fastestMs,
  medianMs,
  slowestMs,
}: ResultRow): number | undefined {
  if (fastestMs === undefined || medianMs === undefined || slowestMs === undefined)
    return undefined;
  return convergedRunCount < 2 || medianMs === 0 ? undefined : (slowestMs - fastestMs) / medianMs;
}
