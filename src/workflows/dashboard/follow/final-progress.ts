import { earlierClockMs } from "../../../schema/run/request/continued-run.ts";
import { qualityOfRun } from "../../../schema/run/outcome/quality-of-run.ts";
import type { RunProgress } from "../../../schema/run/run-progress.ts";
import type { RunResult } from "../../../schema/run/outcome/run-result.ts";
import { leadingEnergy } from "../../../score/parts/leading-energy.ts";

/** The values of the verdict that replace those of the progress. */
export function finalProgress(result: RunResult): Partial<RunProgress> {
  const { outcome, clock, cost } = result;
  const best = qualityOfRun(result);
  const stopMs = clock.runStopMs ?? clock.endedMs;
  const earlierMs = earlierClockMs(result);
  const ranMs = clock.runStartMs === undefined ? undefined : earlierMs + stopMs - clock.runStartMs;
  const clockMs = outcome.kind === "reached" ? outcome.timeToTrainMs : ranMs;
  return {
    launchedForMs: clock.endedMs - clock.launchedMs,
    ...(clockMs === undefined ? {} : { clockMs: Math.max(0, clockMs) }),
    ...(best === undefined ? {} : { best }),
    ...(result.target === undefined ? {} : { target: result.target }),
    ...(result.targets === undefined ? {} : { targets: result.targets }),
    ...(result.samplesPerSecond === undefined ? {} : { samplesPerSecond: result.samplesPerSecond }),
    costUsd: cost.kind === "priced" ? cost.billedUsd : undefined,
    energy: leadingEnergy(result.energy),
    predicted: undefined,
  };
}
