import { eventText } from "../../../../src/report/runs/timeline/lifecycle-text.ts";
import type { LifecycleEventBody } from "../../../../src/schema/run/events/lifecycle-event.ts";

/**
 * The text of a browser notification about an event; undefined for most. The events are those of `--notify`: target,
 * death, silence and its end, and a metric that is not a number any more.
 */
export function noticeOf(event: LifecycleEventBody): string | undefined {
  const { kind } = event;
  if (kind === "target-reached" || kind === "silence" || kind === "ended-by-scheduler")
    return eventText(event, anyRun);
  if (kind === "stopping" && event.reason === "not-a-number")
    return "stopped: the metric of the target is not a number any more";
  return kind === "ended" && event.outcome === "died" ? eventText(event, anyRun) : undefined;
}

/** Events with a notification have the same text for every run. */
const anyRun = { isOneRank: true, isJudged: true };
