import type { StopReason } from "../../schema/run/events/run-event.ts";
import type { LogOrigin } from "../../schema/run/events/log-origin.ts";
import type { RunRequest } from "../../schema/run/request/run-request.ts";
import type { RunEnd } from "./judge-run.ts";
import { limitHit } from "./limit-hit.ts";
import type { TrackedRun } from "../tracking/tracked-run.ts";

/** What ended a run: the reason it was stopped for, else the exit of its job. */
export function endOfRun(
  { limits, startable }: Pick<RunRequest, "limits" | "startable">,
  { samplesCount, stop }: TrackedRun,
  known: {
    stopReason: StopReason | undefined;
    exit: { exitCode: number | undefined; signal: string | undefined };
  },
): RunEnd {
  if (startable.kind === "imported") return endOfLog(startable.origin);
  const { stopReason } = known;
  if (stopReason !== undefined && stopReason !== "failure")
    return { kind: "stopped", reason: stopReason };
  // An embedded workload counts its samples itself and ends just before it would be stopped.
  const hit = limitHit({ maxSamples: limits.maxSamples }, { samplesCount });
  if (hit !== undefined && stop !== undefined) return { kind: "stopped", reason: hit };
  return { kind: "exited", ...known.exit };
}

/** Without a statement of the log or its tracker, the training is taken to have ended where its log does. */
function endOfLog({ ended }: LogOrigin): RunEnd {
  const hasFailed = ended === "failed" || ended === "killed";
  return { kind: "exited", exitCode: hasFailed ? undefined : 0, signal: undefined };
}
