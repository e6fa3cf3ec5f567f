import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { Accelerator } from "../../schema/catalogue.ts";
import { transformerShape } from "../../schema/plan/model-shape.ts";
import { trainingLayout, type TrainingLayout } from "../../schema/plan/training-layout.ts";
import { fitOnMachine } from "./fit-on-machine.ts";
import { capacityBytes } from "../memory/capacity-bytes.ts";
import { type FitRequest, requestBytes } from "./fit-request.ts";

const gib = 2 ** 30;

const llama8b = transformerShape.parse({
  hidden: 4096,
  layers: 32,
  heads: 32,
  kvHeads: 8,
  ffn: 14336,
  vocab: 128256,
  gated: true,
  seq: 2048,
});

function accelerator(memoryGib: number): Accelerator {
  return {
    name: "some-gpu",
    vendor: "NVIDIA",
    year: 2025,
    peakFlopPerSecond: { bf16: 1e15 },
    memoryBytes: memoryGib * 1e9,
    reportedMemoryBytes: memoryGib * gib,
    memoryBytesPerSecond: 1e12,
    scaleUpCount: 8,
    aliases: [],
    status: "made up",
    source: "made up",
  };
}

function request(
  fields: Partial<TrainingLayout>,
  method: FitRequest["method"] = "full",
): FitRequest {
  const layout = trainingLayout.parse({ globalBatch: 1, framework: "fsdp", ...fields });
  return { shape: llama8b, method, layout };
}

describe("fitOnMachine", () => {
  test("fits what a larger accelerator holds, and not on a smaller one", () => {
    const full = request({ masterWeights: false });
    expect(fitOnMachine(full, accelerator(80), 1).fits).toBe(true);
    expect(fitOnMachine(full, accelerator(24), 1).fits).toBe(false);
  });

  test("proposes nothing where the request fits", () => {
    const { savings, fittingCount } = fitOnMachine(request({}), accelerator(500), 1);
    expect(savings).toEqual([]);
    expect(fittingCount).toBeUndefined();
  });

  test("proposes adapters where no setting makes full fine-tuning fit", () => {
    const { savings } = fitOnMachine(request({ masterWeights: false }), accelerator(12), 1);
    expect(savings.map(({ method }) => method)).toEqual(["qlora"]);
  });

  test("proposes what makes full fine-tuning fit on one consumer GPU, as torchtune does", () => {
    const { savings } = fitOnMachine(request({ masterWeights: false }), accelerator(24), 1);
    expect(savings[0]?.method).toBe("full");
    expect(savings[0]?.savings).toContain("optimizer-in-backward");
    expect(savings[0]?.savings).toContain("offload-optimizer");
  });

  test("never proposes adapters for pre-training", () => {
    const { savings } = fitOnMachine(request({}, "pretrain"), accelerator(24), 1);
    expect(savings.every(({ method }) => method === "pretrain")).toBe(true);
  });

  test("proposes expert parallelism only for models with experts", () => {
    const { savings } = fitOnMachine(request({}, "pretrain"), accelerator(16), 8);
    expect(savings.flatMap((saved) => saved.savings)).not.toContain("expert-parallel");
  });

  test("names the number of accelerators that share the training", () => {
    const { fittingCount } = fitOnMachine(request({}, "pretrain"), accelerator(40), 1);
    expect(fittingCount).toBeGreaterThan(1);
    const sharded = request({ sharding: "fsdp" }, "pretrain");
    expect(requestBytes(sharded, fittingCount ?? 1)).toBeLessThanOrEqual(40 * gib);
    expect(requestBytes(sharded, (fittingCount ?? 1) / 2)).toBeGreaterThan(40 * gib);
  });

  test("the largest micro batch and the longest sequence fit, and more do not", () => {
    fc.assert(
      fc.property(fc.integer({ min: 24, max: 300 }), fc.constantFrom(1, 2, 8), (size, count) => {
        const gpu = accelerator(size);
        const asked = request({ adapter: { rank: 16, base: "nf4" } }, "qlora");
        const { largestMicroBatch, longestSequence } = fitOnMachine(asked, gpu, count);
        const fits = (microBatch: number, seq: number): boolean =>
          requestBytes(
            { ...asked, shape: { ...llama8b, seq }, layout: { ...asked.layout, microBatch } },
            count,
          ) <= capacityBytes(gpu);
        expect(largestMicroBatch === 0 || fits(largestMicroBatch, 2048)).toBe(true);
        expect(fits(largestMicroBatch + 1, 2048)).toBe(false);
        expect(longestSequence === 0 || fits(1, longestSequence)).toBe(true);
        expect(fits(1, longestSequence + 128)).toBe(false);
      }),
      { numRuns: 30 },
    );
  });

  test("what it proposes fits with 5 % to spare", () => {
    fc.assert(
      fc.property(fc.integer({ min: 8, max: 100 }), fc.constantFrom(1, 4), (size, count) => {
        const { savings, capacityBytes: capacity } = fitOnMachine(
          request({ masterWeights: false, microBatch: 4 }),
          accelerator(size),
          count,
        );
        for (const { memoryBytes } of savings) {
          expect(memoryBytes).toBeLessThanOrEqual(0.95 * capacity);
        }
      }),
      { numRuns: 30 },
    );
  });
});

describe("capacityBytes", () => {
  test("is what the driver reports", () => {
    expect(capacityBytes(accelerator(24))).toBe(24 * gib);
  });

  test("is estimated from the name where no report is known", () => {
    const { reportedMemoryBytes: _, ...unreported } = accelerator(80);
    expect(capacityBytes(unreported) / gib).toBeCloseTo(79.6, 1);
  });
});
