import { median } from "../../foundation/numbers/statistics.ts";
import type { RunDisturbance } from "../../schema/run/race/race-report.ts";
import type { RunConditions } from "../../schema/run/measured/run-conditions.ts";

/** Other processes used more of the machine than this. */
const busyFraction = 0.1;
/** The CPU quota held processes back for more of the time than this. */
const throttledFraction = 0.02;
/** The mean frequency was below this share of the median over all runs. */
const lowFrequencyFraction = 0.9;

/**
 * What made the times of runs unreliable, in the order of the runs.
 *
 * @param conditions of each run of a race; undefined for a run without a result, or of an old record
 */
export function runDisturbances(
  conditions: readonly (RunConditions | undefined)[],
): RunDisturbance[][] {
  const frequencies = conditions.flatMap((one) => one?.meanFrequencyHz ?? []);
  const usualHz = frequencies.length === 0 ? 0 : median(frequencies);
  return conditions.map((one = {}) => {
    const found: readonly (readonly [RunDisturbance, boolean])[] = [
      ["machine-busy", (one.otherCpuFraction ?? 0) > busyFraction],
      ["cpu-quota", (one.quotaThrottledFraction ?? 0) > throttledFraction],
      ["thermal-throttling", (one.thermalThrottleCount ?? 0) > 0],
      ["low-frequency", (one.meanFrequencyHz ?? usualHz) < usualHz * lowFrequencyFraction],
      ["on-battery", one.onBattery === true],
    ];
    return found.flatMap(([disturbance, isPresent]) => (isPresent ? [disturbance] : []));
  });
}
