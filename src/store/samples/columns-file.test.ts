import { mkdirSync, mkdtempSync, rmSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { readColumnsFile, writeColumnsFile } from "./columns-file.ts";
import { FollowedSamples } from "./follow-samples.ts";

let record = "";
let path = "";
beforeEach(() => {
  record = mkdtempSync(join(tmpdir(), "pitwall-columns-"));
  mkdirSync(join(record, "samples"));
  path = join(record, "cache", "run.columns");
});
afterEach(() => rmSync(record, { recursive: true }));

function line(rank: number, step: number, loss: number | undefined): string {
  const timeMs = 1_000_000.25 + step * 1000;
  const counts = { timeMs, rank, step, samplesCount: step * 64, stepCount: 3 };
  const parts = { computeMs: 40 + rank / 7, communicationMs: 8, dataWaitMs: 4 };
  const phases = step > 69_000 ? { forwardMs: 10, backwardMs: 20 + rank, optimizerMs: 1 } : {};
  return `${JSON.stringify({ kind: "step", ...counts, ...parts, loss, ...phases })}\n`;
}

/** Two ranks, more rows than one block, one invalid line, and one line without line end. */
function writeSamples(): void {
  const lines = Array.from({ length: 70_000 }, (_, step) => line(0, step, 1 / (step + 1)));
  writeFileSync(join(record, "samples", "rank-0.jsonl"), lines.join(""));
  const others = `${line(5, 1, undefined)}no sample\n${line(5, 2, undefined).slice(0, 20)}`;
  writeFileSync(join(record, "samples", "rank-5.jsonl"), others);
}

async function readSamples(): Promise<FollowedSamples> {
  const samples = new FollowedSamples(record);
  await samples.readOn("all");
  return samples;
}

function rowsOf({ steps }: FollowedSamples): unknown[] {
  return steps.chunks.flatMap((chunk) =>
    Array.from({ length: chunk.rowCount }, (_, row) =>
      [chunk.rank, chunk.timeMs, chunk.samplesCount, chunk.loss, chunk.computeMs]
        .concat(chunk.communicationMs, chunk.dataWaitMs, chunk.otherMs)
        .concat(chunk.forwardMs, chunk.backwardMs, chunk.optimizerMs)
        .map((column) => column[row] ?? Number.NaN),
    ),
  );
}

describe("stored columns", () => {
  test("equal the columns from reading the samples, and reading continues from there", async () => {
    writeSamples();
    const read = await readSamples();
    expect(await writeColumnsFile(path, read.rankFiles(), read.part())).toBe(true);
    const adopted = new FollowedSamples(record);
    const part = await readColumnsFile(path, adopted.rankFiles());
    if (part === undefined) throw new Error("no columns were stored");
    adopted.adopt(part);
    expect(adopted.steps.rowCount).toBe(0);
    await adopted.readOn("all");
    expect(rowsOf(adopted)).toEqual(rowsOf(read));
    expect(adopted.steps.ranks()).toEqual([0, 5]);
    expect(adopted.steps.timeRange).toEqual(read.steps.timeRange);
    expect([adopted.steps.hasLoss, adopted.steps.maximumSamples]).toEqual([true, 69_999 * 64]);
    expect(adopted.unreadableCount).toBe(1);
    // Both wait for the end of the unfinished line.
    writeFileSync(join(record, "samples", "rank-5.jsonl"), line(5, 2, undefined).slice(20), {
      flag: "a",
    });
    for (const samples of [adopted, read]) await samples.readOn("all");
    expect(adopted.steps.rowCount).toBe(70_002);
    expect(rowsOf(adopted)).toEqual(rowsOf(read));
  });

  test("are not used if a file was replaced or added", async () => {
    writeSamples();
    const read = await readSamples();
    const files = read.rankFiles();
    await writeColumnsFile(path, files, read.part());
    expect(await readColumnsFile(path, files)).toBeDefined();
    const [first, second] = files;
    if (first === undefined || second === undefined) throw new Error("there are two files");
    for (const change of [{ sizeBytes: 1 }, { modifiedMs: 1 }, { inode: 1 }, { name: "rank-9" }])
      expect(await readColumnsFile(path, [first, { ...second, ...change }])).toBeUndefined();
    expect(await readColumnsFile(path, [first])).toBeUndefined();
    expect(await readColumnsFile(path, [first, second, second])).toBeUndefined();
  });

  test("are not used if they are truncated, missing, or in another format", async () => {
    writeSamples();
    const read = await readSamples();
    const files = read.rankFiles();
    expect(await readColumnsFile(path, files)).toBeUndefined();
    await writeColumnsFile(path, files, read.part());
    truncateSync(path, 100_000);
    expect(await readColumnsFile(path, files)).toBeUndefined();
    truncateSync(path, 0);
    expect(await readColumnsFile(path, files)).toBeUndefined();
    writeFileSync(path, Buffer.alloc(4096, 0xff));
    expect(await readColumnsFile(path, files)).toBeUndefined();
  });

  test("are not saved without rows, or if rank files contain host samples", async () => {
    const empty = await readSamples();
    expect(await writeColumnsFile(path, [], empty.part())).toBe(false);
    const host = { kind: "host", timeMs: 1, cpuSeconds: 1, memoryBytes: 1, processCount: 1 };
    writeFileSync(
      join(record, "samples", "rank-0.jsonl"),
      `${line(0, 1, 1)}${JSON.stringify(host)}\n`,
    );
    const mixed = await readSamples();
    expect([mixed.part().host.length, mixed.steps.rowCount]).toEqual([1, 1]);
    expect(await writeColumnsFile(path, mixed.rankFiles(), mixed.part())).toBe(false);
  });
});
