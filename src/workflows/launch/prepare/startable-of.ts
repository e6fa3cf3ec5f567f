import { UserError } from "../../../foundation/errors/user-error.ts";
import type { RunRequest, Startable } from "../../../schema/run/request/run-request.ts";

/**
 * What starts a run.
 *
 * @throws UserError `run-imported` for the log of a training that ran elsewhere
 */
export function startableOf({
  startable,
  runId,
}: Pick<RunRequest, "startable" | "runId">): Startable {
  if (startable.kind !== "imported") return startable;
  throw new UserError("run-imported", `\`${runId}\` was imported, so Pitwall cannot start it`, {
    saw: `imported from \`${startable.origin.path}\``,
    hint: "start the training with `pitwall run -- <command>` to measure it here",
  });
}
