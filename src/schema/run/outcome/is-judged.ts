import type { RunResult } from "./run-result.ts";

/** Whether a run has a target, or logs its own verdict. Other programs that exit have missed nothing. */
export function isJudged({
  target,
  clock,
}: Pick<RunResult, "target"> & { clock: Pick<RunResult["clock"], "runStartMs"> }): boolean {
  return target !== undefined || clock.runStartMs !== undefined;
}
