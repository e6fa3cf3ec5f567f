import { formatSignificant } from "../../../src/foundation/units.ts";
import { hostClockText } from "../../../src/report/runs/host-clock-text.ts";
import type { LifecycleEventBody } from "../../../src/schema/run/lifecycle-event.ts";
import { silenceText } from "../../../src/report/runs/silence-text.ts";
import { endedText, stepDiffersText } from "../../../src/report/runs/lifecycle-text.ts";
import { isRecoveryEvent, recoveryText } from "../../../src/report/runs/recovery-text.ts";
import { dataEventText, isDataEvent } from "../../../src/report/runs/data-text.ts";
import type { Mood } from "../runs/view-model.ts";

/**
 * The text of a lifecycle event, and whether the event is good or bad.
 *
 * @param run `isJudged`: it has a target or logs its own verdict
 */
export function lifecycleEventText(
  event: LifecycleEventBody,
  { isJudged }: { isJudged: boolean } = { isJudged: true },
): { text: string; mood: Mood } {
  if (isDataEvent(event)) return { text: dataEventText(event), mood: "plain" };
  if (isLauncherEvent(event)) return launcherText(event);
  if (isRecordEvent(event)) return { text: recordText(event), mood: "plain" };
  if (isRecoveryEvent(event)) return { text: recoveryText(event), mood: "bad" };
  if (event.kind === "ended") return endOf(event.outcome, isJudged);
  return progressText(event);
}

type ProgressEvent = Exclude<
  LifecycleEventBody,
  | LauncherEvent
  | RecordEvent
  | { kind: "data" | "data-staged" | "restarting" | "gave-up" | "ended" }
>;

function progressText(event: ProgressEvent): { text: string; mood: Mood } {
  switch (event.kind) {
    case "silence":
      return { text: silenceText(event), mood: event.phase === "started" ? "bad" : "plain" };
    case "step-differs":
      return { text: stepDiffersText(event), mood: "bad" };
    case "prepare":
      return prepareText(event);
    case "launched":
      return { text: launchText(event), mood: "plain" };
    case "clock-started":
      return { text: clockText(event.by), mood: "plain" };
    case "target-reached":
      return { text: `target reached: ${formatSignificant(event.value, 5)}`, mood: "good" };
    case "stopping":
      return stoppingText(event);
    case "rank-exited":
      return exitText(event);
  }
}

type LauncherEvent = Extract<
  LifecycleEventBody,
  { kind: "queued" | "host-lost" | "ended-by-scheduler" }
>;
type RecordEvent = Extract<
  LifecycleEventBody,
  { kind: "created" | "attached" | "host-clock" | "sealed" }
>;

function isRecordEvent(event: LifecycleEventBody): event is RecordEvent {
  return ["created", "attached", "host-clock", "sealed"].includes(event.kind);
}

function recordText(event: RecordEvent): string {
  switch (event.kind) {
    case "created":
      return `record created by process ${event.pid}`;
    case "attached":
      return `Pitwall attached again on ${event.hostname}`;
    case "host-clock":
      return `clock of ${event.host} ${hostClockText(event)}`;
    case "sealed":
      return "result sealed";
  }
}

function isLauncherEvent(event: LifecycleEventBody): event is LauncherEvent {
  return ["queued", "host-lost", "ended-by-scheduler"].includes(event.kind);
}

function launcherText(event: LauncherEvent): { text: string; mood: Mood } {
  if (event.kind === "queued")
    return { text: `queued as ${event.scheduler} job ${event.jobId}`, mood: "plain" };
  if (event.kind === "host-lost")
    return { text: `host ${event.host} lost: ${event.reason}`, mood: "bad" };
  return { text: `${event.scheduler} ended the job: ${event.reason}`, mood: "bad" };
}

function prepareText({
  phase,
  exitCode,
  signal,
}: Extract<LifecycleEventBody, { kind: "prepare" }>): { text: string; mood: Mood } {
  if (phase === "started") return { text: "`--prepare` command started", mood: "plain" };
  const end =
    signal === undefined ? `exited with code ${exitCode ?? "unknown"}` : `ended by ${signal}`;
  return { text: `\`--prepare\` command ${end}`, mood: exitCode === 0 ? "plain" : "bad" };
}

function stoppingText({ reason }: Extract<LifecycleEventBody, { kind: "stopping" }>): {
  text: string;
  mood: Mood;
} {
  return { text: `stopping: ${reason}`, mood: reason === "failure" ? "bad" : "plain" };
}

function endOf(outcome: string, isJudged: boolean): { text: string; mood: Mood } {
  const text = endedText(outcome, { isJudged });
  if (outcome === "reached") return { text, mood: "good" };
  return { text, mood: outcome === "missed" && !isJudged ? "plain" : "warn" };
}

function launchText({ rank, pid }: Extract<LifecycleEventBody, { kind: "launched" }>): string {
  return `rank ${rank} launched${pid === undefined ? "" : ` as process ${pid}`}`;
}

function clockText(by: "launch" | "run_start" | "pattern"): string {
  if (by === "launch") return "clock started at launch";
  return `clock started by ${by === "pattern" ? "`--clock-start`" : "`run_start`"}`;
}

function exitText({
  rank,
  exitCode,
  signal,
}: Extract<LifecycleEventBody, { kind: "rank-exited" }>): { text: string; mood: Mood } {
  if (signal !== undefined) return { text: `rank ${rank} ended by ${signal}`, mood: "warn" };
  const mood = exitCode === 0 ? "plain" : "bad";
  return { text: `rank ${rank} exited with code ${exitCode ?? "unknown"}`, mood };
}
