/** An unwatched run is evicted from memory after this long without a request. */
export const evictAfterMs = 60_000;
/** Maximum rows of telemetry of all unwatched runs together: about 180 MB. */
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
 * Returns the unwatched runs to evict: those that were not requested for a minute, and the least recently requested ones
 * if all of them together have too many rows. The most recent one is kept at any size, because its page is probably open.
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
