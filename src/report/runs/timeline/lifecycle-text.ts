import { formatSignificant } from "../../../foundation/numbers/units.ts";
import type { LifecycleEvent } from "../../../schema/run/events/lifecycle-event.ts";
import { hostClockText } from "./host-clock-text.ts";
import type { Place } from "../../../schema/run/hosts/rank.ts";
import { silenceText } from "./silence-text.ts";
import { isRecoveryEvent, recoveryText } from "./recovery-text.ts";
import { dataEventText, isDataEvent } from "./data-text.ts";

/** Events that an imported log has in another way; undefined for all others. */
export function importedText(event: LifecycleEvent["event"]): string | undefined {
  if (event.kind === "launched") return "the log begins";
  if (event.kind === "clock-started" && event.by === "launch")
    return "clock started at the beginning of the log";
  return undefined;
}

/** A lifecycle event in words. */
export function eventText(
  event: LifecycleEvent["event"],
  { isOneRank, isJudged }: { isOneRank: boolean; isJudged: boolean },
): string {
  if (isJobEvent(event)) return jobEventText(event, isOneRank);
  if (isDataEvent(event)) return dataEventText(event);
  if (isRecoveryEvent(event)) return recoveryText(event);
  if (event.kind === "ended") return endedText(event.outcome, { isJudged });
  return event.kind === "silence" ? silenceText(event) : runEventText(event);
}

type RunEventBody = Exclude<
  LifecycleEvent["event"],
  JobEvent | { kind: "data" | "data-staged" | "silence" | "restarting" | "gave-up" | "ended" }
>;

function runEventText(event: RunEventBody): string {
  switch (event.kind) {
    case "created":
      return `record created by process ${event.pid}`;
    case "attached":
      return `process ${event.pid} on ${event.hostname} took over the record`;
    case "prepare":
      return prepareText(event);
    case "clock-started":
      return clockStartText[event.by];
    case "target-reached":
      return `target reached with ${formatSignificant(event.value, 5)}`;
    case "step-differs":
      return stepDiffersText(event);
    case "stopping":
      return `stopping: ${stopReasons[event.reason]}`;
    case "sealed":
      return "result sealed";
  }
}

const stopReasons = {
  target: "target reached",
  "max-time": "time limit reached",
  "max-cost": "cost limit reached",
  "max-samples": "sample limit reached",
  "not-a-number": "the metric of the target is not a number",
  interrupt: "interrupted",
  preemption: "preempted by SIGTERM",
  failure: "a rank failed",
} as const;

/** @param run `isJudged`: it has a target or logs its own verdict; other programs have missed nothing */
export function endedText(outcome: string, { isJudged }: { isJudged: boolean }): string {
  return outcome === "missed" && !isJudged ? "ended, no target" : `ended: ${outcome}`;
}

/** `rank 1 computed different results in one of three executions of step 30`. */
export function stepDiffersText(
  event: Extract<LifecycleEvent["event"], { kind: "step-differs" }>,
): string {
  const how = event.outcome === "transient" ? "one of three executions" : "all executions";
  return `rank ${event.rank} ${event.where === "after-exchange" ? "received" : "computed"} different results in ${how} of step ${event.step}`;
}

type JobEvent = Extract<
  LifecycleEvent["event"],
  {
    kind: "queued" | "launched" | "host-clock" | "rank-exited" | "host-lost" | "ended-by-scheduler";
  }
>;

const jobEvents: ReadonlySet<string> = new Set([
  "queued",
  "launched",
  "host-clock",
  "rank-exited",
  "host-lost",
  "ended-by-scheduler",
]);

function isJobEvent(event: LifecycleEvent["event"]): event is JobEvent {
  return jobEvents.has(event.kind);
}

function jobEventText(event: JobEvent, isOneRank: boolean): string {
  switch (event.kind) {
    case "queued":
      return `queued as ${event.scheduler} job ${event.jobId}`;
    case "launched":
      return `${placeText(event, isOneRank)}${launchText(event)}`;
    case "host-clock":
      return `clock of ${event.host} ${hostClockText(event)}`;
    case "rank-exited":
      return `${placeText(event, isOneRank)}${exitText(event)}`;
    case "host-lost":
      return `host \`${event.host}\` lost: ${event.reason}`;
    case "ended-by-scheduler":
      return `${event.scheduler} ended the job: ${event.reason} (${event.state})`;
  }
}

function prepareText(event: Extract<LifecycleEvent["event"], { kind: "prepare" }>): string {
  return `\`--prepare\` command ${event.phase === "started" ? "started" : exitText(event)}`;
}

function launchText({ pid }: { pid?: number | undefined }): string {
  return pid === undefined ? "launched" : `launched as process ${pid}`;
}

export function exitText(exit: {
  exitCode?: number | undefined;
  signal?: string | undefined;
}): string {
  if (exit.signal !== undefined) return `killed by ${exit.signal}`;
  return `exited with code ${exit.exitCode ?? "unknown"}`;
}

/** Which rank an event is about; nothing where the job has only one. */
function placeText({ host, rank }: Place, isOneRank: boolean): string {
  return isOneRank ? "program " : `rank ${rank} on ${host} `;
}

const clockStartText = {
  launch: "clock started at launch",
  pattern: "clock started by `--clock-start`",
  run_start: "clock started by `run_start`",
} as const;
