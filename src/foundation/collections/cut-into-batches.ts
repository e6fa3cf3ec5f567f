/** Small enough that threads finish together, large enough that the cost of passing a batch is negligible. */
const batchesLeftPerThread = 8;
const leastBatchBytes = 256 * 1024;

/**
 * Batches for threads to process in order, the largest logs first. Each contains about the same share of the remaining
 * bytes, so batches become smaller towards the end; a log larger than that is a batch by itself.
 */
export function cutIntoBatches<Task extends { sizeBytes: number }>(
  tasks: readonly Task[],
  threadCount: number,
): Task[][] {
  let leftBytes = tasks.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
  const batches: Task[][] = [];
  let batch: Task[] = [];
  let bytes = 0;
  const goalBytes = (): number =>
    Math.max(leastBatchBytes, leftBytes / (threadCount * batchesLeftPerThread));
  // Sorting preserves the order of logs with equal size.
  for (const task of tasks.toSorted((a, b) => b.sizeBytes - a.sizeBytes)) {
    if (batch.length > 0 && bytes + task.sizeBytes > goalBytes()) {
      batches.push(batch);
      leftBytes -= bytes;
      batch = [];
      bytes = 0;
    }
    batch.push(task);
    bytes += task.sizeBytes;
  }
  if (batch.length > 0) batches.push(batch);
  return batches;
}
