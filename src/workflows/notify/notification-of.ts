import { formatDuration, formatSignificant } from "../../foundation/numbers/units.ts";
import { silenceText } from "../../report/runs/timeline/silence-text.ts";
import type { Notification } from "../../schema/run/findings/notification.ts";
import type { RunEvent } from "../../schema/run/events/run-event.ts";
import { runName } from "../../schema/run/request/run-name.ts";
import type { RunRequest } from "../../schema/run/request/run-request.ts";
import type { SilenceChange } from "../../schema/run/findings/silence.ts";
import type { RunReport } from "../../schema/run/outcome/series-summary.ts";

/** The notification about an event of a run; undefined for most. */
export function notificationOf(
  event: RunEvent,
  { request, timeMs }: { request: RunRequest; timeMs: number },
): Notification | undefined {
  const name = runName(request);
  const run = { schemaVersion: 1 as const, runId: request.runId, name, timeMs };
  if (event.kind === "target-reached") {
    const text = `${name}: target reached with ${formatSignificant(event.value, 5)}`;
    return { ...run, event: "target-reached", text, value: event.value };
  }
  if (event.kind === "stopping" && event.reason === "not-a-number") {
    const text = `${name}: stopped, because the metric of the target is not a number any more`;
    return { ...run, event: "not-a-number", text };
  }
  if (event.kind === "silence") return silenceNotification(event.change, run);
  return event.kind === "finished" ? diedNotification(event.report, run) : undefined;
}

type RunFields = Pick<Notification, "schemaVersion" | "runId" | "name" | "timeMs">;

function silenceNotification(change: SilenceChange, run: RunFields): Notification {
  const text = `${run.name}: ${silenceText(change)}`;
  if (change.phase === "ended") return { ...run, event: "resumed", text };
  const { phase: _, ...silence } = change;
  return { ...run, event: "silent", text, silence };
}

function diedNotification({ result }: RunReport, run: RunFields): Notification | undefined {
  const { outcome, clock } = result;
  if (outcome.kind !== "died") return undefined;
  const { exitCode, signal } = outcome;
  const how = signal ?? (exitCode === undefined ? "unknown end" : `exit code ${exitCode}`);
  const after = formatDuration(clock.billedMs);
  return {
    ...run,
    event: "died",
    text: `${run.name}: died after ${after}: ${how}`,
    ...(exitCode === undefined ? {} : { exitCode }),
    ...(signal === undefined ? {} : { signal }),
  };
}
