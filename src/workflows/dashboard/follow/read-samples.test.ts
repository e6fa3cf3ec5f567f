import { existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { FollowedSamples } from "../../../store/samples/follow-samples.ts";
import { hasManySamples, readManySamples } from "./read-samples.ts";

// Threads need compiled JavaScript; `npm test` builds it first.
const threadFile = new URL(
  "../../../../build/workflows/dashboard/follow/read-samples-thread.js",
  import.meta.url,
);
const isBuilt = existsSync(threadFile);

let record = "";
let columnsFile = "";
/** Over 30 MiB in four files of different sizes. */
beforeAll(() => {
  record = mkdtempSync(join(tmpdir(), "pitwall-many-"));
  mkdirSync(join(record, "samples"));
  columnsFile = join(record, "cache", "run.columns");
  for (const [rank, count] of [70_000, 50_000, 50_000, 40_000].entries()) {
    const lines = Array.from({ length: count }, (_, step) => line(rank, step));
    writeFileSync(join(record, "samples", `rank-${rank}.jsonl`), lines.join(""));
  }
});
afterAll(() => rmSync(record, { recursive: true }));

function line(rank: number, step: number): string {
  const counts = { timeMs: 1_000_000 + step * 1000, rank, step, samplesCount: step, stepCount: 1 };
  const parts = { computeMs: 100 / (rank + 3), communicationMs: 1 / 3, dataWaitMs: step / 7 };
  return `${JSON.stringify({ kind: "step", ...counts, ...parts, loss: 2 / (step + 3) })}\n`;
}

/** Sums of each rank's values; ranks may be read in any order. */
function sumsOf({ steps }: FollowedSamples): Map<number, number[]> {
  const sums = new Map<number, number[]>();
  for (const { rowCount, rank, timeMs, loss, computeMs, dataWaitMs, otherMs } of steps.chunks)
    for (let row = 0; row < rowCount; row++) {
      const of = sums.get(rank[row] ?? -1) ?? [0, 0, 0, 0, 0, 0];
      const values = [1, timeMs[row], loss[row], computeMs[row], dataWaitMs[row], otherMs[row]];
      for (const [index, value = 0] of values.entries())
        of[index] = (of[index] ?? 0) + (Number.isNaN(value) ? 0 : value);
      sums.set(rank[row] ?? -1, of);
    }
  return sums;
}

async function readOnMainThread(): Promise<FollowedSamples> {
  const samples = new FollowedSamples(record);
  await samples.readOn("all");
  return samples;
}

describe("readManySamples", () => {
  test.skipIf(!isBuilt)(
    "reads the same on threads as on the main thread, and stores it for the next time (requires the built thread)",
    async () => {
      const direct = await readOnMainThread();
      const first = new FollowedSamples(record);
      expect(hasManySamples(first)).toBe(true);
      const request = { samples: first, recordDirectory: record, columnsFile, threadFile };
      const read = await readManySamples(request);
      expect(read.kind === "on-threads" && (await read.stored)).toBe(true);
      await first.readOn("all");
      expect(sumsOf(first)).toEqual(sumsOf(direct));
      const again = new FollowedSamples(record);
      expect(await readManySamples({ ...request, samples: again })).toEqual({
        kind: "from-columns",
      });
      await again.readOn("all");
      expect(sumsOf(again)).toEqual(sumsOf(direct));
      // Samples that were already read are not read again.
      expect(await readManySamples({ ...request, samples: again })).toEqual({ kind: "not-read" });
      expect(again.steps.rowCount).toBe(210_000);
    },
  );

  test("reads nothing if no thread can be started", async () => {
    const samples = new FollowedSamples(record);
    const request = {
      samples,
      recordDirectory: record,
      columnsFile: join(record, "none.columns"),
      threadFile: new URL("../missing-thread.js", import.meta.url),
    };
    expect(await readManySamples(request)).toEqual({ kind: "not-read" });
    await samples.readOn("all");
    expect(samples.steps.rowCount).toBe(210_000);
  });
});
