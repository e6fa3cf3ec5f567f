import fc from "fast-check";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { transformerShape, type TransformerShape } from "../../schema/plan/model-shape.ts";
import type { MemoryParts } from "../../schema/plan/step-prediction.ts";
import { trainingLayout, type TrainingLayout } from "../../schema/plan/training-layout.ts";
import { memoryOfLayout, sumOfParts } from "./memory-of-layout.ts";

const gib = 2 ** 30;

const llama8b = transformerShape.parse({
  hidden: 4096,
  layers: 32,
  heads: 32,
  kvHeads: 8,
  ffn: 14336,
  vocab: 128256,
  gated: true,
  seq: 8192,
});

function layoutOf(fields: Partial<TrainingLayout>): TrainingLayout {
  return trainingLayout.parse({ globalBatch: 1024, ...fields });
}

function memory(fields: Partial<TrainingLayout>, count = 8, shape = llama8b): MemoryParts {
  return memoryOfLayout(shape, layoutOf(fields), { count });
}

const measuredMemory = z.strictObject({
  name: z.string(),
  model: transformerShape,
  hardware: z.strictObject({ accelerator: z.string(), count: z.number() }),
  layout: trainingLayout,
  measured: z.strictObject({
    kind: z.enum(["allocated", "reserved", "layers", "mean-states"]),
    bytes: z.number(),
  }),
  source: z.string(),
  checkedOn: z.string(),
});
type MeasuredMemory = z.output<typeof measuredMemory>;

const measurements = readFileSync(
  new URL("../../../data/planner/memory-measurements.jsonl", import.meta.url),
  "utf8",
)
  .trim()
  .split("\n")
  .map((line) => measuredMemory.parse(JSON.parse(line)));

/** The part of the reserve that PyTorch's allocator does not count: CUDA's context and NCCL's buffers. */
const deviceBytes = 1.2 * gib;

function predictedBytes({ model, hardware, layout, measured }: MeasuredMemory): number {
  const parts = memoryOfLayout(model, layout, hardware);
  switch (measured.kind) {
    case "layers":
      return parts.activations;
    case "allocated":
      return sumOfParts(parts) - parts.reserve;
    case "reserved":
      return sumOfParts(parts) - deviceBytes;
    case "mean-states":
      return parts.weights + parts.gradients + parts.optimizer;
  }
}

function meanError(prefix: string, kind: MeasuredMemory["measured"]["kind"]): number {
  const errors = measurements
    .filter((one) => one.name.startsWith(prefix) && one.measured.kind === kind)
    .map((one) => Math.abs(predictedBytes(one) / one.measured.bytes - 1));
  expect(errors.length).toBeGreaterThan(3);
  return errors.reduce((sum, error) => sum + error, 0) / errors.length;
}

describe("memoryOfLayout", () => {
  test("says what torch.compile saves, as torchtune measured it", () => {
    const named = (name: string) => measurements.find((each) => each.name.endsWith(name));
    const [eager, compiled] = [named("3B full, eager"), named("3B full, compiled")];
    if (eager === undefined || compiled === undefined) throw new Error("not measured");
    const saved = eager.measured.bytes - compiled.measured.bytes;
    expect((predictedBytes(eager) - predictedBytes(compiled)) / saved).toBeCloseTo(1, 1);
  });

  test("predicts the memory that Megatron-LM allocated on 8 B200 within 1 % on average", () => {
    expect(meanError("simumax", "allocated")).toBeLessThan(0.01);
  });

  test("agrees with Korthikanti's activations within 3 % on average", () => {
    expect(meanError("korthikanti", "layers")).toBeLessThan(0.03);
  });

  test("is within 5 % on average of what torchtitan's allocator reserved", () => {
    expect(meanError("torchtitan", "reserved")).toBeLessThan(0.05);
  });

  test("is within 5 % on average of what torchtune allocated, from full fine-tuning to QLoRA", () => {
    expect(meanError("torchtune", "allocated")).toBeLessThan(0.05);
  });

  test("PyTorch's gradients grow while activations are freed, unless several passes add them up", () => {
    const one = memory({ framework: "fsdp", sharding: "none", globalBatch: 1 }, 1);
    const several = memory({ framework: "fsdp", sharding: "none", globalBatch: 4 }, 1);
    expect(one.gradients).toBeLessThan(several.gradients);
    expect(one.gradients + one.activations).toBeGreaterThanOrEqual(several.gradients);
  });

  test("frees logits before a layer is recomputed: the larger of both counts", () => {
    const shape = { ...llama8b, vocab: 8192 };
    const bytes = (loss: "plain" | "fused", recompute: "none" | "full"): number =>
      sumOfParts(memory({ framework: "megatron", loss, recompute }, 8, shape));
    expect(bytes("plain", "full")).toBe(bytes("fused", "full"));
    expect(bytes("plain", "none")).toBe(bytes("fused", "none"));
    const small = { ...shape, ffn: 1024 };
    const logits = (recompute: "none" | "full"): number =>
      memory({ framework: "megatron", loss: "plain", recompute }, 8, small).buffers;
    expect(logits("full")).toBeLessThan(logits("none"));
  });

  test("compiled layers do not keep the output of their last product, which no gradient needs", () => {
    const fields = { framework: "fsdp", sharding: "fsdp", recompute: "selective" } as const;
    const eager = memory({ ...fields, compiled: false }).activations;
    const compiled = memory(fields).activations;
    expect(eager - compiled).toBeGreaterThan(2 * 32 * 8192 * 4096);
  });

  test("gradients that FSDP reduces stay reserved in full", () => {
    const fields = { framework: "fsdp", sharding: "fsdp", globalBatch: 8 } as const;
    expect(memory(fields).gradients).toBe(memory({ ...fields, globalBatch: 64 }).gradients);
  });

  test("logits that PyTorch splits by tensor parallelism take a third more than whole ones", () => {
    const fields = { framework: "fsdp", sharding: "fsdp", globalBatch: 8 } as const;
    const logits = (tp: number): number =>
      memory({ ...fields, tp, loss: "plain" }).buffers -
      memory({ ...fields, tp, loss: "chunked" }).buffers;
    expect(8 * (logits(8) / logits(1))).toBeCloseTo((16 - 2.25) / (12 - 2.25), 2);
  });

  test("a pipeline in PyTorch has buffers for every pass, and more with more stages of a rank", () => {
    const fields = { framework: "fsdp", sharding: "fsdp", pp: 4, recompute: "full" } as const;
    const passes = (globalBatch: number, vp = 1): number =>
      memory({ ...fields, globalBatch, vp }, 16).buffers;
    const boundary = 2 * 8192 * 4096;
    expect(passes(64) - passes(32)).toBeGreaterThanOrEqual(8 * boundary);
    expect(passes(32, 2)).toBeGreaterThan(passes(32));
  });

  test.each([
    { name: "keeps 18 bytes per parameter without sharding", fields: {}, bytes: 18 },
    {
      name: "shares the optimizer under ZeRO-1",
      fields: { sharding: "zero1" },
      bytes: 6 + 12 / 8,
    },
    {
      name: "shares gradients too under ZeRO-2, in bf16 as DeepSpeed keeps them",
      fields: { sharding: "zero2" },
      bytes: 2 + 14 / 8,
    },
    { name: "shares everything under ZeRO-3", fields: { sharding: "zero3" }, bytes: 16 / 8 },
    { name: "keeps fp32 weights under FSDP", fields: { sharding: "fsdp" }, bytes: 16 / 8 },
    {
      name: "shares within a group under HSDP",
      fields: { sharding: "fsdp", shardGroup: 4 },
      bytes: 16 / 4,
    },
    {
      name: "needs 8 bytes per parameter if all is bf16",
      fields: { masterWeights: false },
      bytes: 8,
    },
    {
      name: "keeps no optimizer states that are in host memory",
      fields: { offloadOptimizer: true },
      bytes: 6,
    },
    {
      name: "keeps two moments in 8 bits, those of the embedding in 32",
      fields: { optimizer: "adamw-8bit" },
      bytes: 12.39,
    },
    { name: "keeps one moment for SGD", fields: { optimizer: "sgd" }, bytes: 14 },
    {
      name: "keeps sums of rows and columns for Adafactor",
      fields: { optimizer: "adafactor" },
      bytes: 10,
    },
  ] as const)("$name", ({ fields, bytes }) => {
    const { weights, gradients, optimizer } = memory({ sharding: "none", ...fields });
    expect((weights + gradients + optimizer) / 8.03e9).toBeCloseTo(bytes, 1);
  });

  test("needs no gradients and states for the frozen base of LoRA", () => {
    const lora = memory({ adapter: { rank: 16 } }, 1);
    expect(lora.weights / gib).toBeGreaterThan(15);
    expect(lora.gradients + lora.optimizer).toBeLessThan(1 * gib);
  });

  test("stores the base of QLoRA in four bits, embeddings apart", () => {
    const qlora = memory({ adapter: { rank: 16, base: "nf4" } }, 1);
    expect(qlora.weights / gib).toBeGreaterThan(5);
    expect(qlora.weights / gib).toBeLessThan(6);
  });

  test("adapters on attention alone keep fewer activations than adapters on all layers", () => {
    const all = memory({ adapter: { rank: 16 } }, 1);
    const some = memory({ adapter: { rank: 16, targets: ["attention"] } }, 1);
    expect(some.activations).toBeLessThan(all.activations);
    expect(some.gradients).toBeLessThan(all.gradients);
  });

  test("never needs more memory with more recomputation, offload or a chunked loss", () => {
    fc.assert(
      fc.property(anyLayout, ({ fields, count }) => {
        const total = (more: Partial<TrainingLayout>): number =>
          sumOfParts(memory({ ...fields, ...more }, count));
        const kept = total({});
        expect(total({ recompute: "full" })).toBeLessThanOrEqual(kept * 1.0001);
        expect(total({ loss: "chunked" })).toBeLessThanOrEqual(kept);
        expect(total({ offloadOptimizer: true })).toBeLessThanOrEqual(kept);
      }),
    );
  });

  test("never needs less memory with a larger micro batch", () => {
    fc.assert(
      fc.property(anyLayout, ({ fields, count }) => {
        const one = sumOfParts(memory({ ...fields, microBatch: 1 }, count));
        const two = sumOfParts(memory({ ...fields, microBatch: 2 }, count));
        expect(two).toBeGreaterThan(one);
      }),
    );
  });

  test("every part of every layout is a finite number of bytes", () => {
    fc.assert(
      fc.property(anyLayout, fc.constantFrom(llama8b, deepSeek), ({ fields, count }, shape) => {
        for (const bytes of Object.values(memory(fields, count, shape))) {
          expect(Number.isFinite(bytes) && bytes >= 0).toBe(true);
        }
      }),
    );
  });

  test("splits 126 layers over 8 stages of 8 chunks as Llama 3 does, one layer less at both ends", () => {
    const shape = { ...llama8b, layers: 126, vocab: 1 };
    const uneven = memory({ pp: 8, vp: 8, sharding: "none", sequenceParallel: false }, 8, shape);
    const even = memory({ pp: 8, vp: 8, sharding: "none" }, 8, { ...shape, layers: 128 });
    expect(uneven.weights).toBeCloseTo(even.weights, -6);
  });

  test("keeps fewer passes in 1F1B than in GPipe", () => {
    const gpipe = memory({ pp: 4, schedule: "gpipe", recompute: "full" }, 8);
    const oneForwardOneBackward = memory({ pp: 4, schedule: "1f1b", recompute: "full" }, 8);
    expect(oneForwardOneBackward.activations).toBeLessThan(gpipe.activations);
  });
});

const deepSeek: TransformerShape = transformerShape.parse({
  hidden: 7168,
  layers: 61,
  heads: 128,
  ffn: 18432,
  vocab: 129280,
  gated: true,
  seq: 4096,
  experts: 256,
  topK: 8,
  expertFfn: 2048,
  sharedExperts: 1,
  denseLayers: 3,
  mtpLayers: 1,
  mla: { qRank: 1536, kvRank: 512, ropeSize: 64, nopeSize: 128, vSize: 128 },
});

const anyLayout = fc
  .record({
    tp: fc.constantFrom(1, 2, 4, 8),
    pp: fc.constantFrom(1, 2, 3, 8),
    cp: fc.constantFrom(1, 2),
    ep: fc.constantFrom(1, 2, 8),
    vp: fc.constantFrom(1, 2),
    dp: fc.constantFrom(1, 8, 64),
    sharding: fc.constantFrom("none", "zero1", "zero2", "zero3", "fsdp"),
    precision: fc.constantFrom("bf16", "fp8", "mxfp8", "nvfp4", "fp32"),
    schedule: fc.constantFrom("1f1b", "interleaved", "zb", "dualpipe", "gpipe"),
    sequenceParallel: fc.boolean(),
  })
  .map((fields) => ({ fields, count: fields.tp * fields.pp * fields.cp * fields.dp }));
