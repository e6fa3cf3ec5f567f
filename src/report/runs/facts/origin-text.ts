import type { LogOrigin, LogTimes } from "../../../schema/run/events/log-origin.ts";
import type { RunRequest } from "../../../schema/run/request/run-request.ts";
import { countOf } from "../../wording.ts";

/** What a run trains, in one line. */
export function startableText(startable: RunRequest["startable"]): string {
  switch (startable.kind) {
    case "embedded":
      return `built-in workload \`${startable.name}\`, ${countOf(startable.workers, "worker")}`;
    case "command":
      return startable.command.join(" ");
    case "imported":
      return `imported: ${originText(startable.origin)}`;
  }
}

function originText({ format, path, trackedRunId, part, sha256, importedMs }: LogOrigin): string {
  const tracked = trackedRunId === undefined ? "" : `, run ${trackedRunId}`;
  const run = part === undefined ? tracked : `, training ${part.number} of ${part.count}`;
  const day = new Date(importedMs).toISOString().slice(0, 10);
  return `${path}${run} (${format}, sha256 ${sha256.slice(0, 12)}, imported ${day})`;
}

const reliabilities: Readonly<Record<LogTimes["reliability"], string>> = {
  logged: "as logged",
  summed: "added up from the durations of steps",
  interpolated: "estimated: only the total is known, a constant speed is assumed",
  none: "the log has no times",
};

/** Where the times of an imported run come from, how reliable they are, and what they include. */
export function logTimesText({ name, reliability, covers }: LogTimes): string {
  if (reliability === "none") return reliabilities.none;
  const column = name === undefined ? "" : `\`${name}\`, `;
  return `${column}${reliabilities[reliability]}; ${covers}`;
}

/** Whether the seed is meaningful: the log of an imported run may not state it. */
export function hasKnownSeed({ startable }: Pick<RunRequest, "startable">): boolean {
  return startable.kind !== "imported" || startable.origin.seedIsKnown;
}
