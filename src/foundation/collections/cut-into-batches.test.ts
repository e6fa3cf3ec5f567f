import fc from "fast-check";
import { expect, test } from "vitest";
import { cutIntoBatches } from "./cut-into-batches.ts";

const leastBatchBytes = 256 * 1024;
const anyTasks = fc
  .array(fc.oneof(fc.nat({ max: 500_000 }), fc.nat({ max: 50_000_000 })), {
    minLength: 1,
    maxLength: 400,
    size: "max",
  })
  .map((sizes) => sizes.map((sizeBytes, index) => ({ index, sizeBytes })));
const anyThreadCount = fc.integer({ min: 1, max: 16 });

function bytesOf(tasks: readonly { sizeBytes: number }[]): number {
  return tasks.reduce((sum, { sizeBytes }) => sum + sizeBytes, 0);
}

test("every log is in one batch", () => {
  fc.assert(
    fc.property(anyTasks, anyThreadCount, (tasks, threadCount) => {
      const indexes = cutIntoBatches(tasks, threadCount)
        .flat()
        .map(({ index }) => index);
      expect(indexes.toSorted((a, b) => a - b)).toEqual(tasks.map(({ index }) => index));
    }),
  );
});

test("a batch is an eighth of each thread's remaining share, the minimum size, or one large log", () => {
  fc.assert(
    fc.property(anyTasks, anyThreadCount, (tasks, threadCount) => {
      let leftBytes = bytesOf(tasks);
      for (const batch of cutIntoBatches(tasks, threadCount)) {
        const bytes = bytesOf(batch);
        const share = leftBytes / threadCount / 8;
        expect(batch.length === 1 || bytes <= Math.max(leastBatchBytes, share)).toBe(true);
        leftBytes -= bytes;
      }
    }),
  );
});

test("many small logs share a batch", () => {
  const tasks = Array.from({ length: 1000 }, () => ({ sizeBytes: 1000 }));
  expect(cutIntoBatches(tasks, 2).map((batch) => batch.length)).toEqual([262, 262, 262, 214]);
});

test("the largest logs come first; logs of equal size keep their order", () => {
  fc.assert(
    fc.property(anyTasks, (tasks) => {
      const order = cutIntoBatches(tasks, 2).flat();
      const expected = tasks.toSorted((a, b) => b.sizeBytes - a.sizeBytes || a.index - b.index);
      expect(order).toEqual(expected);
    }),
  );
});
