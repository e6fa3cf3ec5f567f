/** Telemetry of a run that nobody watches is evicted after this long without a request. */
export const evictAfterMs = 60_000;
/** Rows of telemetry that unwatched runs may hold together: about 180 MB. */
export const maxIdleRows = 4_000_000;

/** A run in memory that no client watches. */
export interface IdleRun {
  runId: string;
  /** When it was last requested. */
  usedMs: number;
  /** Rows of telemetry that it holds. */
  rowCount: number;
}

/**
 * Which unwatched runs to evict: those that were not requested for a minute, and, where all of them together hold too
 * many rows, those requested least recently. The most recent one is kept however large it is: its page is open.
 */
export function runsToEvict(idle: readonly IdleRun[], nowMs: number): string[] {
  const newestFirst = idle.toSorted((a, b) => b.usedMs - a.usedMs);
  let rows = 0;
  return newestFirst
    .filter(({ usedMs, rowCount }, index) => {
      rows += rowCount;
      const isOverLimit = index > 0 && rows > maxIdleRows;
      return isOverLimit || nowMs - usedMs > evictAfterMs;
    })
    .map(({ runId }) => runId);
}
