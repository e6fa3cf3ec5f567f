import { formatSignificant } from "../../../src/foundation/units.ts";
import type { LifecycleEventBody } from "../../../src/schema/run/lifecycle-event.ts";
import type { Mood } from "../runs/view-model.ts";

/** The text of a lifecycle event, and whether the event is good or bad. */
export function lifecycleEventText(event: LifecycleEventBody): { text: string; mood: Mood } {
  switch (event.kind) {
    case "created":
      return { text: `record created by process ${event.pid}`, mood: "plain" };
    case "launched":
      return { text: launchText(event), mood: "plain" };
    case "clock-started":
      return { text: clockText(event.by), mood: "plain" };
    case "target-reached":
      return { text: `target reached: ${formatSignificant(event.value, 5)}`, mood: "good" };
    case "stopping":
      return {
        text: `stopping: ${event.reason}`,
        mood: event.reason === "failure" ? "bad" : "plain",
      };
    case "rank-exited":
      return exitText(event);
    case "host-lost":
      return { text: `host ${event.host} lost: ${event.reason}`, mood: "bad" };
    case "ended":
      return {
        text: `ended: ${event.outcome}`,
        mood: event.outcome === "reached" ? "good" : "warn",
      };
    case "sealed":
      return { text: "result sealed", mood: "plain" };
  }
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
