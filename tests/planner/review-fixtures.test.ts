import { readdirSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { describe, expect, test } from "vitest";
import type { TrainingReview } from "../../src/schema/plan/training-review.ts";
import { trainingReview } from "../../src/schema/plan/training-review.ts";
import { MemoryRunStore } from "../../src/store/records/memory-run-store.ts";
import { reviewRun } from "../../src/workflows/review/review-run.ts";
import { temporaryFolder } from "../support/pitwall.ts";
import { unpackSubmission } from "../support/unpack-submission.ts";

const fixtures = new URL("../fixtures/logs/", import.meta.url);

async function reviewOf(from: string): Promise<TrainingReview> {
  const call = { from, cwd: "/", model: undefined, layout: {}, clouds: [], home: undefined };
  // The logs alone do not name their system.
  const system = { accelerator: "h100-sxm", count: 64 };
  const { review } = await reviewRun({ ...call, ...system }, new MemoryRunStore());
  return review;
}

/** One log of each dialect, and of each kind of benchmark. */
const logs = [
  "google-resnet-training-v0.5",
  "nvidia-gnmt-training-v0.6",
  "alibaba-resnet-training-v0.7",
  "supermicro-rnnt-training-v1.0",
  "lenovo-unet3d-training-v3.1",
  "intel-habanalabs-gpt3-training-v3.1",
  "krai-bert-training-v3.1",
  "lambda-llama2-70b-lora-training-v4.1",
  "oracle-llama2-70b-lora-training-v5.0",
  "nvidia-llama31-405b-training-v5.0",
  "nvidia-stable-diffusion-training-v5.0",
  "dell-dlrm-dcnv2-training-v5.0",
  "dell-rgat-training-v5.0",
  "tinycorp-retinanet-training-v5.0",
  "clemson-openfold-hpc-v3.0",
];

describe("the review of a published log", () => {
  test.each(logs)("of %s adds up", async (name) => {
    expect(readdirSync(fixtures)).toContain(name);
    const review = await reviewOf(fileURLToPath(new URL(name, fixtures)));
    expect(trainingReview.parse(review)).toEqual(review);
    const { gap, figures, changes, stepShares } = review;
    expect(figures.trainMs.got).toBeGreaterThan(0);
    const parts = gap?.parts ?? [];
    const sum = parts.reduce((total, { gapMs }) => total + gapMs, 0);
    expect(sum).toBeCloseTo(gap?.totalMs ?? 0, 3);
    const dollars = parts.reduce((total, { gapUsd = 0 }) => total + gapUsd, 0);
    expect(dollars).toBeCloseTo(gap?.totalUsd ?? 0, 6);
    const shares = stepShares.reduce((total, { fraction }) => total + fraction, 0);
    expect(shares).toBeCloseTo(stepShares.length > 0 ? 1 : 0, 6);
    expect(changes.length).toBeLessThanOrEqual(3);
    for (const { lowMs, gainMs, highMs } of changes) {
      expect(lowMs).toBeLessThanOrEqual(gainMs);
      expect(gainMs).toBeLessThanOrEqual(highMs);
    }
  });

  test("finds system, layout and seeds of a submission", async () => {
    const folder = unpackSubmission("nvidia-llama31-405b-v5.0");
    const call = { from: folder, cwd: "/", model: undefined, layout: {}, clouds: [] };
    const { review } = await reviewRun(
      { ...call, home: undefined, accelerator: undefined, count: undefined },
      new MemoryRunStore(),
    );
    expect(review).toMatchObject({
      goal: "llama31_405b",
      model: "llama31-405b",
      outcome: "reached",
      seeds: { count: 3, reachedCount: 3 },
    });
    const origins = Object.fromEntries(review.fields.map(({ field, origin }) => [field, origin]));
    expect(origins).toMatchObject({
      accelerator: "system file",
      count: "system file",
      globalBatch: "log",
      accumulation: "log",
    });
    const step = review.figures.stepTimeMs;
    expect((step.got ?? 0) / (step.predicted ?? 1)).toBeGreaterThan(0.8);
    expect((step.got ?? 0) / (step.predicted ?? 1)).toBeLessThan(1.25);
  });

  test("refuses a log that names no system, and says what to give", async () => {
    const from = fileURLToPath(new URL("oracle-llama2-70b-lora-training-v5.0", fixtures));
    const call = { from, cwd: temporaryFolder(), model: undefined, layout: {}, clouds: [] };
    await expect(
      reviewRun(
        { ...call, home: undefined, accelerator: undefined, count: undefined },
        new MemoryRunStore(),
      ),
    ).rejects.toMatchObject({
      code: "review-system-missing",
      hint: expect.stringContaining("--count"),
    });
  });
});
