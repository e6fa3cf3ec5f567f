import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { acceleratorList } from "../../schema/catalogue.ts";
import { calibration, stepEvidenceList } from "../../schema/plan/calibration.ts";
import { plannerModelList } from "../../schema/plan/planner-models.ts";
import type { TransformerShape } from "../../schema/plan/model-shape.ts";
import { type TrainingLayout, trainingLayout } from "../../schema/plan/training-layout.ts";
import { predictStep } from "./predict-step.ts";
import { resolveShape } from "./resolve-shape.ts";
import { transformerSizes } from "./transformer-sizes.ts";

const read = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../../data/${name}`, import.meta.url), "utf8"));
const accelerators = acceleratorList.parse(read("accelerators.json")).entries;
const models = plannerModelList.parse(read("planner/models.json")).entries;
const data = {
  calibration: calibration.parse(read("planner/calibration.json")),
  evidence: stepEvidenceList.parse(read("planner/step-evidence.json")).entries,
};

interface Case {
  model?: string;
  accelerator?: string;
  count?: number;
  perNode?: number;
  memoryBytesPerSecond?: number;
  interconnectGbps?: number;
  layout: Partial<TrainingLayout> & { globalBatch: number };
}

function answerTo({ model = "llama31-70b", accelerator = "h100-sxm", layout, ...machine }: Case) {
  const known = accelerators.find(({ name }) => name === accelerator);
  if (known === undefined) throw new Error(`no accelerator ${accelerator}`);
  const hardware = { accelerator, count: 64, ...machine, known };
  return predictStep(
    resolveShape({ name: model }, models),
    hardware,
    trainingLayout.parse(layout),
    data,
  );
}

function predictionOf(given: Case) {
  const answer = answerTo(given);
  if (answer.kind === "error") throw new Error(answer.error.message);
  return answer;
}

const usual = {
  tp: 4,
  pp: 4,
  cp: 2,
  vp: 5,
  microBatch: 1,
  globalBatch: 128,
  recompute: "none",
} as const;

describe("a predicted step", () => {
  test.each<Case>([
    { layout: usual },
    { layout: { ...usual, precision: "fp8" } },
    {
      model: "mpt-7b",
      count: 8,
      layout: { globalBatch: 384, microBatch: 12, sharding: "fsdp", recompute: "full" },
    },
    {
      model: "deepseek-v3",
      accelerator: "gb200-nvl72",
      count: 256,
      layout: { pp: 4, vp: 4, ep: 64, microBatch: 1, globalBatch: 4096, precision: "mxfp8" },
    },
    {
      model: "maxtext-32b",
      accelerator: "tpu-v5p",
      layout: { tp: 4, globalBatch: 384, framework: "maxtext" },
    },
  ])("has parts that add up to it, inside its interval (case %#)", (given) => {
    const { breakdown, stepTimeMs, intervalMs, ...rest } = predictionOf(given);
    const sum = Object.values(breakdown).reduce((total, ms) => total + ms, 0);
    expect(sum).toBeCloseTo(stepTimeMs, 6);
    expect(intervalMs.low).toBeLessThanOrEqual(stepTimeMs);
    expect(intervalMs.high).toBeGreaterThanOrEqual(stepTimeMs);
    const memory = Object.values(rest.memoryBytesPerAccelerator).reduce((a, b) => a + b, 0);
    expect(memory).toBeCloseTo(rest.memoryBytes, 0);
    expect(rest.mfu).toBeGreaterThan(0.05);
    expect(rest.mfu).toBeLessThan(0.9);
    expect(rest.mfuFullAttention).toBeGreaterThan(rest.mfu);
  });

  test("says what was filled in", () => {
    const { assumed } = predictionOf({ layout: { tp: 4, pp: 4, cp: 2, globalBatch: 128 } });
    expect(assumed).toMatchObject({
      microBatch: expect.stringContaining("the fastest that fits"),
      vp: expect.stringContaining("the fastest that fits"),
      recompute: expect.stringContaining("the fastest that fits"),
      software: expect.stringContaining("the middle of those measured"),
      perNode: "8: the catalogue",
      interconnectGbps: "400: the catalogue",
    });
    expect(predictionOf({ layout: usual }).assumed).not.toHaveProperty("microBatch");
  });

  test("says what it supposes of the kernels of a PyTorch program", () => {
    const kernels = (framework: "fsdp" | "megatron") =>
      predictionOf({ layout: { ...usual, tp: 1, pp: 1, vp: 1, framework } }).assumed["kernels"];
    expect(kernels("fsdp")).toContain("eager PyTorch");
    expect(kernels("megatron")).toBeUndefined();
  });

  test("interleaves virtual stages, whose activations take more memory", () => {
    const given = (layout: Partial<TrainingLayout>) =>
      predictionOf({ layout: { ...usual, ...layout } });
    const assumed = given({});
    const interleaved = given({ schedule: "interleaved" });
    const plain = given({ schedule: "1f1b" });
    expect(assumed.assumed["schedule"]).toBe("interleaved");
    expect(assumed.memoryBytes).toBe(interleaved.memoryBytes);
    expect(assumed.memoryBytes).toBeGreaterThan(plain.memoryBytes);
    expect(interleaved.assumed).not.toHaveProperty("schedule");
    expect(given({ vp: 1 }).assumed["schedule"]).toBe("1f1b");
    expect(given({ vp: 1 }).memoryBytes).toBe(given({ vp: 1, schedule: "1f1b" }).memoryBytes);
  });

  test("names the schedule of the virtual stages that it chose", () => {
    const { assumed } = predictionOf({ layout: { tp: 4, pp: 4, globalBatch: 128, microBatch: 1 } });
    const stages = Number.parseInt(assumed["vp"] ?? "", 10);
    expect(assumed["schedule"]).toBe(stages > 1 ? "interleaved" : "1f1b");
  });

  test("does not pay a latency for each of eight ranks that share a short sequence", () => {
    const exposedMs = (cp: number): number => {
      const layout = { cp, globalBatch: 512 / cp, microBatch: 1, adapter: { rank: 16 } };
      const machine = { model: "llama2-70b", accelerator: "gb300-nvl72", count: 512 };
      return predictionOf({ ...machine, layout }).breakdown.contextParallel;
    };
    expect(exposedMs(8)).toBeLessThan(4 * exposedMs(2));
  });

  test("says that an accelerator was not measured, with a wider interval", () => {
    const measured = predictionOf({
      count: 8,
      model: "llama31-8b",
      layout: { globalBatch: 32, microBatch: 1 },
    });
    const unmeasured = predictionOf({
      accelerator: "mi300x",
      count: 8,
      model: "llama31-8b",
      layout: { globalBatch: 32, microBatch: 1 },
    });
    expect(unmeasured.assumed["calibration"]).toContain("cdna");
    const width = ({ intervalMs: { low, high } }: typeof measured) => high / low;
    expect(width(unmeasured)).toBeGreaterThan(width(measured));
  });

  test("has a higher upper bound if the layout leaves a choice open", () => {
    const upper = ({ intervalMs, stepTimeMs }: ReturnType<typeof predictionOf>) =>
      intervalMs.high / stepTimeMs;
    const { vp: _, ...open } = usual;
    expect(upper(predictionOf({ layout: open }))).toBeGreaterThan(
      upper(predictionOf({ layout: usual })),
    );
  });

  test.each(["fsdp", "zero2"] as const)(
    "exchanges parameters and gradients once per step in a pipeline with %s",
    (sharding) => {
      const shareOf = (globalBatch: number) => {
        const { breakdown, stepTimeMs } = predictionOf({
          layout: { ...usual, globalBatch, sharding, framework: "megatron" },
        });
        return breakdown.dataParallel / stepTimeMs;
      };
      expect(shareOf(1024)).toBeLessThan(shareOf(128) / 2);
    },
  );

  test("names the measurement of the same layout, at distance 0", () => {
    const { evidence } = predictionOf({
      layout: {
        ...usual,
        precision: "bf16",
        etp: 4,
        sequenceParallel: true,
        sharding: "zero1",
        framework: "megatron",
        software: "2025-04",
      },
    });
    expect(evidence?.measurement).toMatch(/^nvidia-dgxc-/u);
    expect(evidence?.distance).toBe(0);
  });

  test("spreads 126 layers over 8 stages of 8 virtual stages", () => {
    const { stepTimeMs } = predictionOf({
      model: "llama31-405b",
      count: 1024,
      layout: { tp: 8, pp: 8, cp: 2, vp: 8, microBatch: 1, globalBatch: 512, precision: "fp8" },
    });
    expect(stepTimeMs).toBeGreaterThan(9000);
    expect(stepTimeMs).toBeLessThan(20_000);
  });
});

/** The breakdown of a shape on 64 chips of Ironwood or GPUs, without measurements nearby. */
function breakdownOn(
  accelerator: "tpu-v7-ironwood" | "h100-sxm",
  change: Partial<TransformerShape>,
) {
  const known = accelerators.find(({ name }) => name === accelerator);
  if (known === undefined) throw new Error(`no ${accelerator}`);
  const shape = { ...resolveShape({ name: "gpt-oss-120b", seq: 8192 }, models), ...change };
  const layout = trainingLayout.parse({ microBatch: 1, globalBatch: 64, sharding: "fsdp" });
  const hardware = { accelerator, count: 64, known };
  const answer = predictStep(shape, hardware, layout, { ...data, evidence: [] });
  if (answer.kind === "error") throw new Error(answer.error.message);
  return answer.breakdown;
}

describe("a TPU", () => {
  const attention = (...given: Parameters<typeof breakdownOn>) => breakdownOn(...given).attention;

  test("computes whole tiles of attention, whatever the window in them", () => {
    const narrow = attention("tpu-v7-ironwood", { slidingWindow: 128 });
    const tile = attention("tpu-v7-ironwood", { slidingWindow: 2048 });
    expect(narrow).toBeCloseTo(tile, 3);
    const onGpu = attention("h100-sxm", { slidingWindow: 128 });
    expect(onGpu).toBeLessThan(0.8 * attention("h100-sxm", { slidingWindow: 2048 }));
  });

  test("takes as long for heads of 64 elements as for as many of 128", () => {
    const half = attention("tpu-v7-ironwood", { headSize: 64 });
    expect(half).toBeCloseTo(attention("tpu-v7-ironwood", { headSize: 128 }), 3);
    const onGpu = attention("h100-sxm", { headSize: 64 });
    expect(onGpu).toBeLessThan(0.8 * attention("h100-sxm", { headSize: 128 }));
  });

  test("picks the biases of experts row by row", () => {
    const elementwise = (expertBias: boolean) =>
      breakdownOn("tpu-v7-ironwood", { expertBias }).elementwise;
    expect(elementwise(true)).toBeGreaterThan(1.5 * elementwise(false));
  });
});

describe("selective recomputation in PyTorch", () => {
  test("repeats every second matrix product of a layer", () => {
    const share = (name: string) =>
      transformerSizes(resolveShape({ name }, models)).everySecondProduct;
    // Keys, the output of attention, and the gate: (5120 + 5120 + 13824) / (4 x 5120 + 3 x 13824).
    expect(share("llama2-13b")).toBeCloseTo(24_064 / 61_952);
    expect(share("llama31-8b")).toBeCloseTo((1024 + 4096 + 14_336) / (10_240 + 3 * 14_336));
  });

  test("takes longer than to recompute every second layer, as torchtitan measured", () => {
    const known = accelerators.find(({ name }) => name === "a100-sxm-80gb");
    if (known === undefined) throw new Error("no a100-sxm-80gb");
    const step = (recompute: "selective" | "full", recomputeFraction: number): number => {
      const answer = predictStep(
        resolveShape({ name: "llama2-13b" }, models),
        { accelerator: "a100-sxm-80gb", count: 64, known },
        trainingLayout.parse({
          recompute,
          recomputeFraction,
          microBatch: 2,
          globalBatch: 128,
          sharding: "fsdp",
          framework: "fsdp",
          software: "2024-07",
        }),
        { ...data, evidence: [] },
      );
      return answer.kind === "error" ? Number.NaN : answer.stepTimeMs;
    };
    expect(step("selective", 1)).toBeGreaterThan(step("full", 0.5));
  });
});

describe("experts", () => {
  const acrossNodes = {
    model: "deepseek-v3",
    count: 512,
    layout: {
      pp: 8,
      ep: 32,
      vp: 1,
      microBatch: 1,
      globalBatch: 2048,
      recompute: "full",
      framework: "megatron",
      software: "2025-06",
    },
  } as const;

  test("send tokens while DualPipe computes another micro batch", () => {
    const alone = predictionOf(acrossNodes).breakdown;
    const beside = predictionOf({
      ...acrossNodes,
      layout: { ...acrossNodes.layout, schedule: "dualpipe" },
    }).breakdown;
    expect(beside.expertParallel).toBeLessThan(0.7 * alone.expertParallel);
    expect(beside.gemm / alone.gemm).toBeCloseTo(1);
  });

  test.each([
    ["megatron", 1.2, 3],
    ["fsdp", 1, 1],
  ] as const)(
    "with biases take longer where each is an operation: %s",
    (framework, least, most) => {
      const known = accelerators.find(({ name }) => name === "b200-sxm");
      if (known === undefined) throw new Error("no b200-sxm");
      const hardware = { accelerator: "b200-sxm", count: 64, known };
      const shape = resolveShape({ name: "gpt-oss-120b" }, models);
      const layout = trainingLayout.parse({
        ep: 8,
        microBatch: 4,
        globalBatch: 1280,
        recompute: "none",
        software: "2026-04",
        framework,
      });
      const [withBias, without] = [shape, { ...shape, expertBias: false }].map((each) => {
        const answer = predictStep(each, hardware, layout, { ...data, evidence: [] });
        if (answer.kind === "error") throw new Error(answer.error.message);
        return answer.breakdown.elementwise;
      });
      const ratio = (withBias ?? 0) / (without ?? 1);
      expect(ratio).toBeGreaterThanOrEqual(least);
      expect(ratio).toBeLessThanOrEqual(most);
    },
  );
});

describe("a layout that cannot be run", () => {
  test.each<[string, Case]>([
    [
      "64 accelerators do not divide by tp x pp x cp = 24",
      { layout: { tp: 8, pp: 3, globalBatch: 64 } },
    ],
    [
      "64 accelerators do not divide by tp x pp x cp x dp = 128",
      { layout: { tp: 8, dp: 16, globalBatch: 64 } },
    ],
    ["a global batch of 60 does not divide by dp = 8", { layout: { tp: 8, globalBatch: 60 } }],
    ["64 heads do not divide by tp = 3", { count: 3, layout: { tp: 3, globalBatch: 8 } }],
    ["ep = 2 for a model without experts", { layout: { ep: 2, globalBatch: 64 } }],
    [
      "the catalogue has no fp8 peak of a100-sxm-80gb",
      { accelerator: "a100-sxm-80gb", layout: { globalBatch: 64, precision: "fp8" } },
    ],
  ])("is an error: %s", (message, given) => {
    expect(answerTo(given)).toMatchObject({ kind: "error", error: { message } });
  });
});
