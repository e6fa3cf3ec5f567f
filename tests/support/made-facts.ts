import { LineSigns } from "../../src/diagnose/lines/line-signs.ts";
import type { RunFacts } from "../../src/diagnose/run-facts.ts";
import type { LifecycleEvent } from "../../src/schema/run/events/lifecycle-event.ts";
import type { Outcome } from "../../src/schema/run/outcome/outcome.ts";

type Body = LifecycleEvent["event"];

export const died: Outcome = { kind: "died", exitCode: 1 };
export const reached: Outcome = { kind: "reached", timeToTrainMs: 1000 };

/** Ranks 0 and 1 on `node1`, 2 and 3 on `node2`. */
const launched = [0, 1, 2, 3].map((rank): Body => ({
  kind: "launched",
  host: rank < 2 ? "node1" : "node2",
  rank,
  localRank: rank % 2,
}));
export const exited = (rank: number, end: { exitCode: number } | { signal: string }): Body => ({
  kind: "rank-exited",
  host: rank < 2 ? "node1" : "node2",
  rank,
  ...end,
});
export const stopping: Body = { kind: "stopping", reason: "failure" };

/** What the record of a failed run of four ranks shows. */
export function facts({
  events = [],
  lines = [],
  ...rest
}: Partial<Omit<RunFacts, "events">> & {
  events?: readonly Body[];
  lines?: readonly (readonly [rank: number, text: string])[];
}): RunFacts {
  const signs = new LineSigns();
  for (const [index, [rank, text]] of lines.entries()) {
    signs.push({ file: "log.txt", line: index + 1, rank, text });
  }
  return {
    state: "finished",
    outcome: died,
    events: [...launched, ...events].map((event, index) => ({
      index,
      timeMs: index * 1000,
      previousSha256: "0".repeat(64),
      event,
    })),
    findings: [],
    ...signs.seen,
    steps: new Map(),
    links: [],
    dumps: [],
    stacks: [],
    errorFiles: [],
    unread: [],
    ...rest,
  };
}

export const reset = "RuntimeError: Connection reset by peer";
