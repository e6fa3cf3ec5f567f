import type { LifecycleEventBody } from "../../../../src/schema/run/events/lifecycle-event.ts";
import type { Mood } from "../../runs/view-model.ts";

/**
 * Whether a lifecycle event is good or bad.
 *
 * @param run `isJudged`: it has a target or logs its own verdict
 */
export function lifecycleMood(
  event: LifecycleEventBody,
  { isJudged }: { isJudged: boolean },
): Mood {
  if (hasFixedMood(event)) return fixedMoods[event.kind];
  switch (event.kind) {
    case "ended":
      return moodOfEnd(event.outcome, isJudged);
    case "prepare":
      return event.phase === "started" || event.exitCode === 0 ? "plain" : "bad";
    case "rank-exited":
      return moodOfExit(event);
    case "silence":
      return event.phase === "started" ? "bad" : "plain";
    case "stopping":
      return event.reason === "failure" ? "bad" : "plain";
  }
}

type FixedKind = Exclude<
  LifecycleEventBody["kind"],
  "ended" | "prepare" | "rank-exited" | "silence" | "stopping"
>;

const fixedMoods: Readonly<Record<FixedKind, Mood>> = {
  "target-reached": "good",
  "host-lost": "bad",
  "ended-by-scheduler": "bad",
  "step-differs": "bad",
  restarting: "bad",
  "gave-up": "bad",
  queued: "plain",
  launched: "plain",
  "clock-started": "plain",
  created: "plain",
  attached: "plain",
  "host-clock": "plain",
  sealed: "plain",
  data: "plain",
  "data-staged": "plain",
};

function hasFixedMood(
  event: LifecycleEventBody,
): event is Extract<LifecycleEventBody, { kind: FixedKind }> {
  return event.kind in fixedMoods;
}

function moodOfExit({
  signal,
  exitCode,
}: Extract<LifecycleEventBody, { kind: "rank-exited" }>): Mood {
  if (signal !== undefined) return "warn";
  return exitCode === 0 ? "plain" : "bad";
}

function moodOfEnd(outcome: string, isJudged: boolean): Mood {
  if (outcome === "reached") return "good";
  return outcome === "missed" && !isJudged ? "plain" : "warn";
}
