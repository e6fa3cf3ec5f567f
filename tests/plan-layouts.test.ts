import { describe, expect, test } from "vitest";
import { capacityBytes } from "../src/planner/memory/capacity-bytes.ts";
import { memoryOfLayout, sumOfParts } from "../src/planner/memory/memory-of-layout.ts";
import {
  layoutSpace,
  virtualStages,
  type LayoutSpace,
} from "../src/planner/search/layout-space.ts";
import { layoutSearch } from "../src/planner/search/search-layouts.ts";
import { predictStep } from "../src/planner/step/predict-step.ts";
import { resolveShape } from "../src/planner/step/resolve-shape.ts";
import type { TrainingLayout } from "../src/schema/plan/training-layout.ts";
import { loadPlannerData } from "../src/workflows/plan/load-planner-data.ts";

const data = await loadPlannerData();

/** The search compares layouts by the constants; published steps nearby correct the step of the one that it finds. */
const constantsAlone = { ...data, evidence: [] };

function accelerator(name: string) {
  const found = data.accelerators.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
}

interface SearchCase {
  model: string;
  name: string;
  framework: "megatron" | "fsdp";
  count: number;
  batch: number;
}

function settingOf({ model, name, framework }: SearchCase) {
  const shape = resolveShape({ name: model }, data.models);
  const setting = {
    shape,
    accelerator: accelerator(name),
    precision: "bf16",
    framework,
    software: "2025-05",
  } as const;
  return { shape, setting, space: layoutSpace(shape, framework, 8) };
}

/** Every layout of a space through the public prediction: the fastest that fits. */
function bruteForce(one: SearchCase, space: LayoutSpace): number {
  const { shape, setting } = settingOf(one);
  let best = Number.POSITIVE_INFINITY;
  for (const tp of space.tensorParallel)
    for (const cp of space.contextParallel)
      for (const pp of space.pipelineParallel)
        for (const ep of space.expertParallel)
          for (const microBatch of space.microBatches)
            for (const vp of virtualStages(shape.layers, pp))
              for (const recompute of space.recomputes) {
                const layout: TrainingLayout = {
                  tp,
                  cp,
                  pp,
                  ep,
                  microBatch,
                  vp,
                  recompute,
                  globalBatch: one.batch,
                  precision: "bf16",
                  framework: one.framework,
                  software: "2025-05",
                  sharding: one.framework === "megatron" ? "zero1" : "fsdp",
                  schedule: vp > 1 ? "interleaved" : "1f1b",
                  optimizer: "adamw",
                };
                const hardware = { accelerator: one.name, count: one.count };
                const answer = predictStep(
                  shape,
                  { ...hardware, known: setting.accelerator },
                  layout,
                  constantsAlone,
                );
                // A plan does not rest on cheaper gradients or losses, which a prediction may assume.
                const bytes = sumOfParts(memoryOfLayout(shape, layout, hardware));
                const fits = bytes <= capacityBytes(setting.accelerator);
                if (answer.kind === "predicted" && fits) best = Math.min(best, answer.stepTimeMs);
              }
  return best;
}

const cases: readonly SearchCase[] = [
  { model: "llama31-8b", name: "h100-sxm", framework: "megatron", count: 16, batch: 64 },
  { model: "llama31-8b", name: "a100-sxm-80gb", framework: "fsdp", count: 8, batch: 32 },
  { model: "llama31-70b", name: "h100-sxm", framework: "megatron", count: 64, batch: 128 },
  { model: "mixtral-8x7b", name: "b200-sxm", framework: "megatron", count: 32, batch: 64 },
];

describe("layoutSearch", () => {
  test.each(cases)("finds what brute force finds: $model on $count $name, $framework", (one) => {
    const { setting, space } = settingOf(one);
    const found = layoutSearch(setting, space, data)(one.count, one.batch);
    const best = bruteForce(one, space);
    if (found.kind !== "found") throw new Error(found.kind);
    expect(found.stepTimeMs).toBeCloseTo(best, 6);
    const memory = sumOfParts(memoryOfLayout(setting.shape, found.layout, { count: one.count }));
    expect(memory).toBeLessThanOrEqual(setting.accelerator.memoryBytes);
  });

  test("is not slower with more accelerators, memory or bandwidth", () => {
    for (const one of cases) {
      const { setting, space } = settingOf(one);
      const time = (known: typeof setting.accelerator, count: number): number => {
        const search = layoutSearch({ ...setting, accelerator: known }, space, data);
        const found = search(count, one.batch);
        return found.kind === "found" ? found.stepTimeMs : Number.POSITIVE_INFINITY;
      };
      const known = setting.accelerator;
      const base = time(known, one.count);
      expect(time(known, 2 * one.count)).toBeLessThanOrEqual(base);
      expect(time({ ...known, memoryBytes: 2 * known.memoryBytes }, one.count)).toBeLessThanOrEqual(
        base,
      );
      const faster = { ...known, memoryBytesPerSecond: 2 * known.memoryBytesPerSecond };
      expect(time(faster, one.count)).toBeLessThanOrEqual(base);
      const network = { ...known, networkBytesPerSecond: 2 * (known.networkBytesPerSecond ?? 0) };
      expect(time(network, one.count)).toBeLessThanOrEqual(base);
    }
  });

  test("says how much memory is missing, and what does not divide", () => {
    const one = {
      model: "llama31-405b",
      name: "h100-sxm",
      framework: "megatron",
      count: 8,
      batch: 8,
    } as const;
    const { setting, space } = settingOf(one);
    const search = layoutSearch(setting, space, data);
    const answer = search(8, 8);
    if (answer.kind !== "does-not-fit") throw new Error(answer.kind);
    expect(answer.leastBytes).toBeGreaterThan(80e9);
    expect(search(7, 8).kind).toBe("does-not-divide");
  });
});
