import { UserError } from "../../foundation/user-error.ts";
import { ownerLife } from "../../store/records/process-owner.ts";
import type { RunRecord } from "../../store/records/run-store.ts";

/**
 * Asks the Pitwall that owns a run to stop it, by the signal that Ctrl-C sends: it ends the program, judges the run and
 * keeps the record. Only a process of this host that is surely the owner is sent anything.
 *
 * @returns its process id
 * @throws UserError `run-not-running`, `run-elsewhere`, `owner-unsure`, `owner-refused`
 */
export async function stopRun({ runId, request, state }: RunRecord): Promise<number> {
  if (state.kind !== "running")
    throw new UserError("run-not-running", `\`${runId}\` does not run any more`);
  const { owner } = request;
  const life = await ownerLife(owner);
  if (life === "elsewhere") {
    throw new UserError("run-elsewhere", `\`${runId}\` runs on another host`, {
      hint: `press Ctrl-C in its terminal on \`${owner.hostname}\``,
    });
  }
  if (life === "gone") throw new UserError("run-not-running", `nobody runs \`${runId}\` any more`);
  // Without its start time a process can't be told from a later one with the same number.
  if (owner.processStartedTicks === undefined) {
    throw new UserError("owner-unsure", `the process of \`${runId}\` can't be told for sure`, {
      hint: "press Ctrl-C in its terminal",
    });
  }
  try {
    process.kill(owner.pid, "SIGINT");
  } catch (error) {
    throw new UserError("owner-refused", `process ${owner.pid} may not be stopped from here`, {
      hint: "it belongs to another user; press Ctrl-C in its terminal",
      cause: error,
    });
  }
  return owner.pid;
}
