import { formatChange } from "../../foundation/numbers/format-change.ts";
import type { AppliedCalibration } from "../../schema/plan/applied-calibration.ts";

/** `calibrated by 3 runs of yours, +6 %`, of the time to train. */
export function describeRuns({ runCount }: AppliedCalibration, factor: number): string {
  const runs = runCount === 1 ? "1 run" : `${runCount} runs`;
  return `calibrated by ${runs} of yours, ${formatChange(factor)}`;
}
