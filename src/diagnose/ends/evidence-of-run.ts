import type { Evidence } from "../../schema/diagnosis/evidence.ts";
import { jobRanksOf } from "../../schema/run/hosts/job-ranks.ts";
import type { LifecycleEvent } from "../../schema/run/events/lifecycle-event.ts";

/** The hosts of ranks, each once. */
export function hostsOf(ranks: readonly number[], events: readonly LifecycleEvent[]): string[] {
  const job = jobRanksOf(events);
  return [...new Set(job.ranks.filter(({ rank }) => ranks.includes(rank)).map(({ host }) => host))];
}

export function findingEvidence(rule: string, text: string): Evidence {
  return { kind: "finding", rule, text };
}

export function eventEvidence({ index, timeMs }: LifecycleEvent, text: string): Evidence {
  return { kind: "event", index, timeMs, text };
}
