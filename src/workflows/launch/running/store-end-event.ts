import type { LaunchEvent } from "../../../launch/launcher.ts";
import type { RunEvent } from "../../../schema/run/events/run-event.ts";
import type { RunWriter } from "../../../store/records/run-store.ts";
import { rankExit, type RankEnds } from "./rank-ends.ts";

/** The end of a rank, of a host or of the whole job. */
export type EndEvent = Extract<
  LaunchEvent,
  { kind: "rank-exited" | "host-lost" | "ended-by-scheduler" }
>;

/** Records how a part of a job ended: the event that reports it, and when that is on disk. */
export function storeEndEvent(
  event: EndEvent,
  { ranks, writer, runId }: { ranks: RankEnds; writer: RunWriter; runId: string },
): { reported: RunEvent; stored: Promise<unknown> } {
  switch (event.kind) {
    case "rank-exited": {
      const { kind, timeMs, host, rank, hostMs } = event;
      const exit = rankExit(event.exit);
      const raw = hostMs === undefined ? {} : { hostMs };
      ranks.exited({ host, rank }, exit);
      const stored = writer.appendEvent({ kind, host, rank, ...exit, ...raw }, timeMs);
      return { reported: { kind, runId, host, rank, exit }, stored };
    }
    case "host-lost": {
      const { kind, timeMs, host, reason, isPreempted } = event;
      ranks.lost(host, reason);
      const why = isPreempted === true ? { reason, isPreempted } : { reason };
      const stored = writer.appendEvent({ kind, host, ...why }, timeMs);
      return { reported: { kind, runId, host, reason }, stored };
    }
    case "ended-by-scheduler": {
      const { timeMs, ...end } = event;
      ranks.endedByScheduler(end);
      const stored = writer.appendEvent(end, timeMs);
      const { kind, state, reason } = end;
      return { reported: { kind, runId, state, reason }, stored };
    }
  }
}
