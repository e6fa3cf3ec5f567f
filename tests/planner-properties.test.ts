import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { capacityBytes } from "../src/planner/memory/capacity-bytes.ts";
import { memoryOfLayout, sumOfParts } from "../src/planner/memory/memory-of-layout.ts";
import { layoutSpace } from "../src/planner/search/layout-space.ts";
import {
  dataRanks,
  layerSplits,
  layoutOfTrial,
  stageSplits,
} from "../src/planner/search/model-split.ts";
import { layoutSearch, type SearchSetting } from "../src/planner/search/search-layouts.ts";
import { layerCosts } from "../src/planner/step/layer-costs.ts";
import { predictStep } from "../src/planner/step/predict-step.ts";
import { layerLayoutOf, prepareStep, spreadLayoutOf } from "../src/planner/step/prepare-step.ts";
import { resolveShape } from "../src/planner/step/resolve-shape.ts";
import { partCount, stepPartsInto } from "../src/planner/step/step-time.ts";
import type { Accelerator } from "../src/schema/catalogue.ts";
import type { TrainingLayout } from "../src/schema/plan/training-layout.ts";
import { loadPlannerData } from "../src/workflows/plan/load-planner-data.ts";

const data = await loadPlannerData();

const models = ["llama31-8b", "llama31-70b", "gpt3-175b", "mixtral-8x7b", "deepseek-v3"] as const;
const machines = data.accelerators.filter(
  ({ name, peakFlopPerSecond: peak, networkBytesPerSecond: network }) =>
    peak.bf16 !== undefined && network !== undefined && !/graphcore|cerebras|^tpu/.test(name),
);

interface SearchCase {
  setting: SearchSetting;
  count: number;
  globalBatch: number;
}

const searchCases: fc.Arbitrary<SearchCase> = fc
  .record({
    model: fc.constantFrom(...models),
    accelerator: fc.constantFrom(...machines),
    framework: fc.constantFrom("megatron" as const, "fsdp" as const),
    count: fc.constantFrom(1, 8, 16, 64, 72, 128, 512, 1024),
    rankBatch: fc.constantFrom(0.25, 1, 2, 3, 8),
  })
  .map(({ model, accelerator, framework, count, rankBatch }) => ({
    setting: {
      shape: resolveShape({ name: model }, data.models),
      accelerator,
      precision: "bf16",
      framework,
      software: "2025-05",
    },
    count,
    globalBatch: Math.max(1, Math.round(count * rankBatch)),
  }));

function search({ setting, count, globalBatch }: SearchCase): number {
  const space = layoutSpace(setting.shape, setting.framework, setting.accelerator.scaleUpCount);
  const found = layoutSearch(setting, space, data)(count, globalBatch);
  return found.kind === "found" ? found.stepTimeMs : Number.POSITIVE_INFINITY;
}

/** The same with every layout timed and its memory counted. */
function exhaustive({ setting, count, globalBatch }: SearchCase): number {
  const { shape, accelerator, framework } = setting;
  const hardware = { accelerator: accelerator.name, count: accelerator.scaleUpCount };
  const { context } = prepareStep({ ...setting, hardware, adapterRank: 0 }, data.calibration);
  const space = layoutSpace(shape, framework, accelerator.scaleUpCount);
  const parts = new Float64Array(partCount);
  let best = Number.POSITIVE_INFINITY;
  for (const layers of layerSplits(space))
    for (const stages of stageSplits(shape, space)) {
      const trial = { layers, stages, index: 0, dp: 1, count, globalBatch };
      trial.dp = dataRanks(trial);
      if (trial.dp === 0) continue;
      const layout = layoutOfTrial(trial, setting);
      const costs = layerCosts(context, layerLayoutOf(layout));
      const stepMs = stepPartsInto(parts, context, costs, spreadLayoutOf(layout, count));
      if (stepMs >= best) continue;
      const bytes = sumOfParts(memoryOfLayout(shape, layout, { count }));
      if (bytes <= capacityBytes(accelerator)) best = stepMs;
    }
  return best;
}

/** Changes that make a machine better in one fact. */
const improvements: Readonly<Record<string, (one: Accelerator, factor: number) => Accelerator>> = {
  "memory bandwidth": (one, factor) => ({
    ...one,
    memoryBytesPerSecond: one.memoryBytesPerSecond * factor,
  }),
  "scale-up bandwidth": (one, factor) => ({
    ...one,
    scaleUpBytesPerSecond: (one.scaleUpBytesPerSecond ?? 32e9) * factor,
  }),
  "network bandwidth": (one, factor) => ({
    ...one,
    networkBytesPerSecond: (one.networkBytesPerSecond ?? 1e9) * factor,
  }),
  memory: (one, factor) => ({
    ...one,
    memoryBytes: one.memoryBytes * factor,
    ...(one.reportedMemoryBytes === undefined
      ? {}
      : { reportedMemoryBytes: one.reportedMemoryBytes * factor }),
  }),
};

const factors = fc.double({ min: 1, max: 8, noNaN: true });
const runs = { numRuns: 60 };

describe("the search of layouts", () => {
  test("finds the step time that trying every layout finds", () => {
    fc.assert(
      fc.property(searchCases, (one) => {
        const [found, best] = [search(one), exhaustive(one)];
        // Both are infinite where nothing fits.
        expect(found === best ? 0 : Math.abs(found / best - 1)).toBeLessThan(1e-9);
      }),
      runs,
    );
  });

  test("finds layouts whose gradients grow while activations are freed", () => {
    const accelerator = machines.find(({ name }) => name === "gb200-nvl72");
    if (accelerator === undefined) throw new RangeError("not in the catalog");
    const setting = {
      shape: resolveShape({ name: "llama31-70b" }, data.models),
      accelerator,
      precision: "bf16",
      framework: "fsdp",
      software: "2025-05",
    } as const;
    const one = { setting, count: 8, globalBatch: 16 };
    expect(search(one)).toBeCloseTo(exhaustive(one), 6);
  });

  test.each(Object.entries(improvements))("is not slower with more %s", (_, improve) => {
    fc.assert(
      fc.property(searchCases, factors, (one, factor) => {
        const better = improve(one.setting.accelerator, factor);
        const setting = { ...one.setting, accelerator: better };
        expect(search({ ...one, setting })).toBeLessThanOrEqual(search(one) * (1 + 1e-9));
      }),
      runs,
    );
  });

  // Without fast links, or with more ranks than sequences, more of them may have nothing to do.
  test("is not slower with more accelerators of a kind with scale-up links", () => {
    const linked = searchCases.filter(({ setting }) => setting.accelerator.scaleUpCount >= 8);
    fc.assert(
      fc.property(linked, fc.constantFrom(2, 4), (one, times) => {
        const globalBatch = 4 * one.count * Math.max(1, Math.floor(one.globalBatch / one.count));
        const base = { ...one, globalBatch };
        const more = { ...base, count: times * one.count };
        expect(fastest(more)).toBeLessThanOrEqual(fastest(base) * (1 + 1e-9));
      }),
      runs,
    );
  });
});

function fastest(one: SearchCase): number {
  const times = (["megatron", "fsdp"] as const).map((framework) =>
    search({ ...one, setting: { ...one.setting, framework } }),
  );
  return Math.min(...times);
}

/** Layouts of a dense model, whose micro batch, virtual stages and recomputation are chosen. */
const layouts: fc.Arbitrary<TrainingLayout> = fc.record({
  tp: fc.constantFrom(1, 2, 4, 8),
  pp: fc.constantFrom(1, 2, 4),
  cp: fc.constantFrom(1, 2),
  precision: fc.constantFrom("bf16" as const, "fp8" as const),
  sharding: fc.constantFrom("none" as const, "zero1" as const, "zero2" as const, "fsdp" as const),
  ep: fc.constant(1),
  globalBatch: fc.constant(64),
});

describe("a predicted step", () => {
  const h100 = machines.find(({ name }) => name === "h100-sxm");
  if (h100 === undefined) throw new Error("no h100-sxm");
  const shape = resolveShape({ name: "llama31-8b" }, data.models);

  function predicted(known: Accelerator, layout: TrainingLayout) {
    const hardware = { accelerator: known.name, count: 64, known };
    const answer = predictStep(shape, hardware, layout, data);
    if (answer.kind !== "predicted") throw new Error(answer.error.message);
    return answer;
  }

  test("has parts that add up to it, and memory parts that add up to its memory", () => {
    fc.assert(
      fc.property(layouts, (layout) => {
        const { stepTimeMs, breakdown, memoryBytes, memoryBytesPerAccelerator } = predicted(
          h100,
          layout,
        );
        const parts = Object.values(breakdown);
        expect(Math.min(...parts)).toBeGreaterThanOrEqual(0);
        expect(parts.reduce((sum, ms) => sum + ms, 0) / stepTimeMs).toBeCloseTo(1, 9);
        expect(sumOfParts(memoryBytesPerAccelerator) / memoryBytes).toBeCloseTo(1, 9);
      }),
      runs,
    );
  });

  test.each(Object.entries(improvements))("is not slower with more %s", (_, improve) => {
    fc.assert(
      fc.property(layouts, factors, (layout, factor) => {
        const [base, better] = [predicted(h100, layout), predicted(improve(h100, factor), layout)];
        expect(better.fits || !base.fits).toBe(true);
        // Of layouts that do not fit, the one with the least memory is shown, not the fastest.
        fc.pre(base.fits || !better.fits);
        expect(better.stepTimeMs).toBeLessThanOrEqual(base.stepTimeMs * (1 + 1e-9));
      }),
      runs,
    );
  });

  test("has a throughput, utilization and step time that agree", () => {
    fc.assert(
      fc.property(layouts, (layout) => {
        const one = predicted(h100, layout);
        const tokens = (layout.globalBatch * shape.seq * 1000) / one.stepTimeMs / 64;
        expect((one.tokensPerSecondPerAccelerator ?? 0) / tokens).toBeCloseTo(1, 9);
        const peak = h100.peakFlopPerSecond[layout.precision === "fp8" ? "fp8" : "bf16"] ?? 0;
        expect(one.modelFlopPerSecondPerAccelerator / peak / one.mfu).toBeCloseTo(1, 9);
      }),
      runs,
    );
  });
});
