import { z } from "zod";
import { runListItem } from "./run-list.ts";

/**
 * GET /api/runs/stream?since=: server-sent events by name, data as JSON. Without `since` or Last-Event-ID, or with one that
 * this server no longer knows, the first event is `snapshot`; else only what has changed since.
 */
export const runsStreamEvents = {
  /** All runs; replaces the client's list. `isPartial`: the newest ones, sent while the others are being read. */
  snapshot: z.object({ runs: z.array(runListItem), isPartial: z.literal(true).optional() }),
  run: runListItem,
  removed: z.object({ runId: z.string() }),
} as const;

export type RunsStreamEvent = {
  [Name in keyof typeof runsStreamEvents]: {
    name: Name;
    data: z.output<(typeof runsStreamEvents)[Name]>;
  };
}[keyof typeof runsStreamEvents];
