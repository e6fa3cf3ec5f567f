import { formatSignificant } from "../../../foundation/numbers/units.ts";
import type { RunConditions } from "../../../schema/run/measured/run-conditions.ts";
import { countOf } from "../../wording.ts";

/** What else happened on the machines of a run; undefined if nothing is known. */
export function conditionsText(conditions: RunConditions = {}): string | undefined {
  const { otherCpuFraction, quotaThrottledFraction, thermalThrottleCount, onBattery } = conditions;
  const parts = [
    ...(otherCpuFraction === undefined
      ? []
      : [`other processes used ${percentOf(otherCpuFraction)} of the CPU time`]),
    ...(quotaThrottledFraction === undefined || quotaThrottledFraction === 0
      ? []
      : [`held back by a CPU quota for ${percentOf(quotaThrottledFraction)} of the time`]),
    ...(thermalThrottleCount === undefined
      ? []
      : [
          thermalThrottleCount === 0
            ? "no thermal throttling"
            : countOf(thermalThrottleCount, "thermal throttling event"),
        ]),
    ...(onBattery === true ? ["on battery"] : []),
  ];
  return parts.length === 0 ? undefined : parts.join(", ");
}

function percentOf(fraction: number): string {
  return `${formatSignificant(fraction * 100, 2)} %`;
}
