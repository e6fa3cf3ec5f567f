/** Small enough that threads finish together, large enough that the cost of passing a batch is negligible. */
const batchesLeftPerThread = 8;
const leastBatchBytes = 256 * 1024;

/**
 * Batches for threads to take one after the other, the largest logs first. Each holds about the same share of the bytes
 * that are left, so they get smaller towards the end; a log larger than that is a batch alone.
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
  // Sorting keeps the order of logs of one size.
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
