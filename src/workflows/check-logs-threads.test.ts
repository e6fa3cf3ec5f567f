import fc from "fast-check";
import { expect, test } from "vitest";
import { cutIntoBatches } from "./check-logs-threads.ts";

const anyTasks = fc
  .array(fc.nat({ max: 50_000_000 }), { minLength: 1, maxLength: 200 })
  .map((sizes) =>
    sizes.map((sizeBytes, index) => ({
      index,
      sizeBytes,
      task: { absolutePath: `/logs/${index}`, edition: undefined },
    })),
  );

test("every log is in one batch, and only a log that is large alone makes a large batch", () => {
  fc.assert(
    fc.property(anyTasks, fc.integer({ min: 1, max: 16 }), (tasks, threadCount) => {
      const batches = cutIntoBatches(tasks, threadCount);
      const indexes = batches.flat().map(({ index }) => index);
      expect(indexes.toSorted((a, b) => a - b)).toEqual(tasks.map(({ index }) => index));
      const total = tasks.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
      const goalBytes = Math.max(256 * 1024, total / (threadCount * 24));
      for (const batch of batches) {
        const bytes = batch.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
        expect(batch.length === 1 || bytes <= goalBytes).toBe(true);
      }
    }),
  );
});

test("the largest logs are begun first", () => {
  fc.assert(
    fc.property(anyTasks, (tasks) => {
      const sizes = cutIntoBatches(tasks, 2)
        .flat()
        .map(({ sizeBytes }) => sizeBytes);
      expect(sizes).toEqual(sizes.toSorted((a, b) => b - a));
    }),
  );
});
