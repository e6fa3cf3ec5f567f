import type { LifecycleEvent } from "../../../schema/run/events/lifecycle-event.ts";
import { countOf } from "../../wording.ts";
import { eventText, exitText, importedText } from "./lifecycle-text.ts";

/** One line of the timeline of a run. */
export interface TimelineLine {
  timeMs: number;
  /** The event, or the last of several that are one line. */
  event: LifecycleEvent["event"];
  text: string;
}

/** More ranks than this that start or end alike, one after the other, are one line. */
const mostSingleRanks = 8;

/**
 * The events of a run in words. Many ranks that are launched, or that end in the same way, are one line.
 *
 * @param run `isImported`: the log was imported, so the record was made after the training; `showsAllRanks`: each rank has
 *   its lines
 */
export function timelineLines(
  recorded: readonly LifecycleEvent[],
  run: { isOneRank: boolean; isJudged: boolean; isImported: boolean; showsAllRanks: boolean },
): TimelineLine[] {
  const events = run.isImported
    ? recorded.filter(({ event }) => event.kind !== "created")
    : recorded;
  const groups: LifecycleEvent[][] = [];
  for (const each of events) {
    const group = groups.at(-1);
    const [first] = group ?? [];
    const key = alikeKey(each.event);
    if (group !== undefined && first !== undefined && key !== "" && key === alikeKey(first.event))
      group.push(each);
    else groups.push([each]);
  }
  return groups.flatMap((group) =>
    run.showsAllRanks || group.length <= mostSingleRanks
      ? group.map(({ timeMs, event }) => ({
          timeMs,
          event,
          text: (run.isImported ? importedText(event) : undefined) ?? eventText(event, run),
        }))
      : foldedLine(group),
  );
}

/** Equal for events of ranks that may be one line; empty for all others. */
function alikeKey(event: LifecycleEvent["event"]): string {
  if (event.kind === "launched") return "launched";
  if (event.kind !== "rank-exited") return "";
  return `exited ${event.exitCode ?? ""} ${event.signal ?? ""}`;
}

function foldedLine(group: readonly LifecycleEvent[]): TimelineLine[] {
  const last = group.at(-1);
  if (last === undefined) return [];
  const { timeMs, event } = last;
  const hosts = new Set(group.flatMap((each) => ("host" in each.event ? each.event.host : [])));
  const what = event.kind === "rank-exited" ? exitText(event) : "launched";
  const text = `${countOf(group.length, "rank")} on ${countOf(hosts.size, "host")} ${what}`;
  return [{ timeMs, event, text }];
}
