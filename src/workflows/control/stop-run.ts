import { UserError } from "../../foundation/errors/user-error.ts";
import { launchTargets } from "../../launch/launch-targets.ts";
import { everyHostOf } from "./every-host.ts";
import { launchMeans } from "../launch/targets/target-worlds.ts";
import type { LaunchTargetKind, LaunchTargetOf } from "../../schema/run/hosts/launch-target.ts";
import type { RunRequest } from "../../schema/run/request/run-request.ts";
import { ownerLife } from "../../store/records/write/process-owner.ts";
import type { RunRecord } from "../../store/records/run-store.ts";

export type StopOutcome =
  /** SIGINT was sent to the Pitwall process of the run: it ends the job, judges the run and saves the record. */
  | { kind: "asked"; pid: number }
  /** The Pitwall process of the run no longer exists; the processes that it left running were ended. */
  | { kind: "ended"; endedCount: number; unreachable: readonly { host: string; reason: string }[] };

/**
 * Stops a run through the Pitwall process that owns it, or through its launch target if that process no longer exists.
 * Signals only a process of this host that is verified to be the owner.
 *
 * @throws UserError `run-not-running`, `run-elsewhere`, `owner-unsure`, `owner-refused`
 */
export async function stopRun({
  runId,
  request,
  state,
  directory,
}: Pick<RunRecord, "runId" | "request" | "state" | "directory">): Promise<StopOutcome> {
  if (state.kind === "finished") throw notRunning(runId);
  const life = await ownerLife(request.owner);
  switch (life) {
    case "alive":
      return { kind: "asked", pid: signalOwner(runId, request.owner) };
    case "elsewhere":
      throw new UserError("run-elsewhere", `\`${runId}\` is running on another host`, {
        hint: `press Ctrl-C in its terminal on \`${request.owner.hostname}\``,
      });
    case "gone": {
      const ended = await endAbandoned(everyHostOf(request), directory);
      if (ended.endedCount === 0 && ended.unreachable.length === 0) throw notRunning(runId);
      return { kind: "ended", ...ended };
    }
  }
}

/** Ends what is left of a job that no Pitwall process follows, on every host that answers. */
export async function endAbandoned<Kind extends LaunchTargetKind>(
  target: LaunchTargetOf<Kind>,
  runDirectory: string,
): Promise<{ endedCount: number; unreachable: readonly { host: string; reason: string }[] }> {
  const host = { nowMs: () => Date.now(), env: process.env };
  const row = launchTargets[target.kind];
  const { endedCount, unreachable = [] } = await row.endAbandoned(
    target,
    { runDirectory },
    launchMeans(host),
  );
  const reasons = unreachable.map((each) => ({ host: each.host, reason: each.error.message }));
  return { endedCount, unreachable: reasons };
}

function signalOwner(runId: string, owner: RunRequest["owner"]): number {
  // Without its start time, a process cannot be distinguished from a later one with the same PID.
  if (owner.processStartedTicks === undefined) {
    throw new UserError("owner-unsure", `cannot identify the Pitwall process of \`${runId}\``, {
      hint: "press Ctrl-C in its terminal",
    });
  }
  try {
    process.kill(owner.pid, "SIGINT");
  } catch (error) {
    throw new UserError("owner-refused", `permission denied to stop process ${owner.pid}`, {
      hint: "it belongs to another user; press Ctrl-C in its terminal",
      cause: error,
    });
  }
  return owner.pid;
}

export function notRunning(runId: string): UserError {
  return new UserError("run-not-running", `\`${runId}\` is no longer running`);
}
