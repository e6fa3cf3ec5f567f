import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { plannerModelList } from "../../schema/plan/planner-models.ts";
import { resolveShape } from "../step/resolve-shape.ts";
import { memoryOfChoices } from "./memory-of-choices.ts";
import { memoryOfLayout, sumOfParts } from "./memory-of-layout.ts";
import { memoryThatFits } from "./memory-that-fits.ts";

const { entries: models } = plannerModelList.parse(
  JSON.parse(readFileSync(new URL("../../../data/planner/models.json", import.meta.url), "utf8")),
);

const layouts = fc.record({
  tp: fc.constantFrom(1, 2, 8),
  pp: fc.constantFrom(1, 2, 4),
  cp: fc.constantFrom(1, 2),
  ep: fc.constant(1),
  dp: fc.constantFrom(1, 4),
  globalBatch: fc.constantFrom(32, 256),
  precision: fc.constantFrom("bf16" as const, "fp8" as const, "nvfp4" as const),
  sharding: fc.constantFrom("none" as const, "zero1" as const, "fsdp" as const),
  framework: fc.constantFrom("megatron" as const, "fsdp" as const, "maxtext" as const),
  schedule: fc.constantFrom("1f1b" as const, "zb" as const, "interleaved" as const),
});

const choices = fc.record({
  microBatch: fc.constantFrom(1, 2, 4),
  recompute: fc.constantFrom("none" as const, "selective" as const, "full" as const),
  vp: fc.constantFrom(1, 2, 5),
});

describe("memoryOfChoices", () => {
  test("says of each choice what a layout with that choice needs, and what makes it fit", () => {
    const name = fc.constantFrom("llama31-8b", "llama31-70b", "mixtral-8x7b", "deepseek-v2");
    const capacity = fc.constantFrom(16e9, 40e9, 80e9, 180e9);
    const tried = fc.array(choices, { minLength: 1, maxLength: 6 });
    fc.assert(
      fc.property(name, layouts, capacity, tried, (model, layout, capacityBytes, all) => {
        const shape = resolveShape({ name: model }, models);
        const { tp, pp, cp, dp } = layout;
        const hardware = { count: tp * pp * cp * dp, capacityBytes };
        const memory = memoryOfChoices(shape, layout, hardware);
        for (const choice of all) {
          const whole = { ...layout, ...choice };
          const usual = sumOfParts(memoryOfLayout(shape, whole, hardware));
          expect(memory.usualBytes(choice)).toBe(usual);
          const { fits, assumed } = memoryThatFits(shape, whole, hardware);
          if (fits && Object.keys(assumed).length === 0) continue;
          const offloads = assumed["offloadActivationLayers"] !== undefined;
          const change = !fits ? undefined : offloads ? "offloading" : "details";
          expect(memory.changeToFit(choice, true)).toBe(change);
          expect(memory.changeToFit(choice, false)).toBe(offloads ? undefined : change);
        }
      }),
      { numRuns: 300 },
    );
  });
});
