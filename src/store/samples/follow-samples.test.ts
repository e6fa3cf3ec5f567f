import {
  appendFileSync,
  mkdirSync,
  mkdtempSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import type { HostSample, StepSample } from "../../schema/run/measured/telemetry-sample.ts";
import { FollowedSamples } from "./follow-samples.ts";

let record = "";
beforeEach(() => {
  record = mkdtempSync(join(tmpdir(), "pitwall-samples-"));
  mkdirSync(join(record, "samples"));
});
afterEach(() => rmSync(record, { recursive: true }));

function step(rank: number, number: number, more: Partial<StepSample> = {}): StepSample {
  return {
    kind: "step",
    timeMs: 1_000_000 + number * 1000,
    rank,
    step: number,
    samplesCount: number * 64,
    stepCount: 4,
    computeMs: 40,
    communicationMs: 8,
    dataWaitMs: 4,
    ...more,
  };
}

const host: HostSample = {
  kind: "host",
  host: "localhost",
  timeMs: 1_000_500,
  cpuSeconds: 1,
  memoryBytes: 1e6,
  processCount: 1,
};

const pathOf = (name: string): string => join(record, "samples", `${name}.jsonl`);

function append(name: string, ...samples: (StepSample | HostSample)[]): void {
  appendFileSync(pathOf(name), samples.map((sample) => `${JSON.stringify(sample)}\n`).join(""));
}

describe("FollowedSamples", () => {
  test("continues where it stopped, and reads new files", async () => {
    const samples = new FollowedSamples(record);
    append("rank-0", step(0, 1));
    await samples.readOn("all");
    expect(samples.steps.rowCount).toBe(1);
    append("rank-0", step(0, 2));
    append("rank-3", step(3, 1));
    await samples.readOn();
    expect(samples.steps.rowCount).toBe(3);
    expect(samples.steps.ranks()).toEqual([0, 3]);
    expect(samples.steps.timeRange).toEqual({ fromMs: 1_001_000, toMs: 1_002_000 });
  });

  test("parts are per step; the remainder is the time in no part", async () => {
    const samples = new FollowedSamples(record);
    append("rank-0", step(0, 1), step(0, 2));
    await samples.readOn("all");
    const [chunk] = samples.steps.chunks;
    expect(chunk?.computeMs[1]).toBe(10);
    expect(chunk?.communicationMs[1]).toBe(2);
    expect(chunk?.dataWaitMs[1]).toBe(1);
    expect(chunk?.otherMs[0]).toBeNaN();
    expect(chunk?.otherMs[1]).toBe((1000 - 52) / 4);
  });

  test("a last line without line end waits for its end", async () => {
    const samples = new FollowedSamples(record);
    const line = `${JSON.stringify(step(0, 1))}\n`;
    appendFileSync(pathOf("rank-0"), line + line.slice(0, 50));
    await samples.readOn("all");
    expect(samples.steps.rowCount).toBe(1);
    appendFileSync(pathOf("rank-0"), line.slice(50));
    await samples.readOn();
    expect(samples.steps.rowCount).toBe(2);
    expect(samples.unreadableCount).toBe(0);
  });

  test("only the host's samples are read until all are requested", async () => {
    const samples = new FollowedSamples(record);
    append("host", host);
    append("rank-0", step(0, 1));
    await samples.readOn("host");
    expect([hostSampleCount(samples), samples.steps.rowCount]).toEqual([1, 0]);
    await samples.readOn("all");
    expect([hostSampleCount(samples), samples.steps.rowCount]).toEqual([1, 1]);
  });

  test("counts invalid lines, and continues after them", async () => {
    const samples = new FollowedSamples(record);
    appendFileSync(pathOf("rank-0"), `rubbish\n{}\n\n{"kind":"step"}\n`);
    append("rank-0", step(0, 1), step(-1, 2), step(1 << 25, 2));
    await samples.readOn("all");
    expect(samples.steps.rowCount).toBe(1);
    expect(samples.unreadableCount).toBe(5);
  });

  test("reads other JSON styles: spaces, another order, a line that crosses the buffer", async () => {
    const samples = new FollowedSamples(record);
    const spaced = JSON.stringify(step(0, 1, { loss: 0.25 })).replaceAll(":", ": ");
    appendFileSync(
      pathOf("rank-0"),
      `${spaced}\n${" ".repeat(20_000)}\n${" ".repeat(1_040_000)}${spaced}\n`,
    );
    append("rank-0", step(0, 3));
    await samples.readOn("all");
    expect(samples.steps.rowCount).toBe(3);
    expect(samples.steps.hasLoss).toBe(true);
  });

  test("starts again if a file was replaced by a shorter one", async () => {
    const samples = new FollowedSamples(record);
    append("rank-0", step(0, 1), step(0, 2));
    await samples.readOn("all");
    writeFileSync(pathOf("rank-0"), `${JSON.stringify(step(0, 9))}\n`);
    await samples.readOn();
    expect(samples.steps.rowCount).toBe(1);
    expect(samples.generation).toBe(1);
  });

  test("does not follow a link out of the record", async () => {
    const outside = join(record, "outside.jsonl");
    writeFileSync(outside, `${JSON.stringify(step(0, 1))}\n`);
    symlinkSync(outside, pathOf("rank-0"));
    const samples = new FollowedSamples(record);
    await samples.readOn("all");
    expect(samples.steps.rowCount).toBe(0);
  });

  test("a deleted record has no new samples", async () => {
    const samples = new FollowedSamples(join(record, "gone"));
    await samples.readOn("all");
    expect(samples.steps.rowCount).toBe(0);
  });

  test("reads rows correctly across blocks", async () => {
    const count = 70_000;
    const lines = Array.from({ length: count }, (_, index) => step(index % 7, index));
    append("rank-0", ...lines);
    const samples = new FollowedSamples(record);
    await samples.readOn("all");
    const steps = samples.steps.chunks.flatMap((chunk) =>
      Array.from(chunk.samplesCount.subarray(0, chunk.rowCount)),
    );
    expect(steps).toEqual(lines.map((line) => line.samplesCount));
  });
});

function hostSampleCount({ samplesByHost }: FollowedSamples): number {
  return [...samplesByHost.values()].flat().length;
}
