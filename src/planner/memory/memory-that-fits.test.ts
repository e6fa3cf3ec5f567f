import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { acceleratorList } from "../../schema/catalogue.ts";
import { plannerModelList } from "../../schema/plan/planner-models.ts";
import { publishedMeasurement } from "../../schema/plan/published-measurement.ts";
import type { TransformerShape } from "../../schema/plan/model-shape.ts";
import { resolveShape } from "../step/resolve-shape.ts";
import { capacityBytes } from "./capacity-bytes.ts";
import { memoryThatFits } from "./memory-that-fits.ts";

function dataText(name: string): string {
  return readFileSync(new URL(`../../../data/${name}`, import.meta.url), "utf8");
}

const models = plannerModelList.parse(JSON.parse(dataText("planner/models.json"))).entries;
const accelerators = acceleratorList.parse(JSON.parse(dataText("accelerators.json"))).entries;
/** Korthikanti's memory figures were computed, for layouts of which some exceed the 80 GB of their machine. */
const ran = dataText("planner/measurements.jsonl")
  .trim()
  .split("\n")
  .map((line) => publishedMeasurement.parse(JSON.parse(line)))
  .filter(({ table }) => table !== "korthikanti-memory");

function shapeOf({ line }: (typeof ran)[number]): TransformerShape {
  const { model } = line;
  if ("config" in model) throw new TypeError("a measurement without sizes");
  return resolveShape(model, models);
}

describe("memoryThatFits", () => {
  test("fits every layout that was published as having run", () => {
    const refused = ran.filter((measurement) => {
      const { hardware, layout } = measurement.line;
      const accelerator = accelerators.find(({ name }) => name === hardware.accelerator);
      if (accelerator === undefined) return true;
      const capacity = hardware.memoryBytes ?? capacityBytes(accelerator);
      // A prediction chooses the recomputation that a layout leaves open.
      const recomputes =
        layout.recompute === undefined ? (["none", "full"] as const) : [layout.recompute];
      return !recomputes.some(
        (recompute) =>
          memoryThatFits(
            shapeOf(measurement),
            { ...layout, recompute },
            { count: hardware.count, capacityBytes: capacity },
          ).fits,
      );
    });
    expect(refused.map(({ id }) => id)).toEqual([]);
  });

  test("says which details it chose", () => {
    const [first] = ran;
    if (first === undefined) throw new TypeError("no measurements");
    const shape = shapeOf(first);
    const layout = { ...first.line.layout, recompute: "none" as const };
    const plenty = memoryThatFits(shape, layout, { count: 8, capacityBytes: 1e15 });
    expect(plenty).toMatchObject({ fits: true, assumed: {} });
    const scarce = { count: 8, capacityBytes: plenty.memoryBytes * 0.95 };
    const chosen = memoryThatFits(shape, layout, scarce);
    expect(chosen.fits).toBe(true);
    expect(Object.keys(chosen.assumed).length).toBeGreaterThan(0);
    expect(chosen.memoryBytes).toBeLessThan(plenty.memoryBytes);
  });

  test.each([
    ["2023-12", false],
    ["2025-06", true],
  ])("lets MaxText of %s keep activations in host memory: %s", (software, fits) => {
    const shape = resolveShape({ name: "llama31-70b", seq: 8192 }, models);
    const layout = {
      tp: 1,
      pp: 1,
      cp: 1,
      ep: 1,
      dp: 256,
      microBatch: 5,
      globalBatch: 1280,
      precision: "bf16",
      recompute: "full",
      sharding: "fsdp",
      framework: "maxtext",
      software,
    } as const;
    // AI-Hypercomputer/tpu-recipes, Llama3.1-70B-MaxText on 256 TPU v6e.
    const chosen = memoryThatFits(shape, layout, { count: 256, capacityBytes: 32e9 });
    expect(chosen.fits).toBe(fits);
  });

  test("changes nothing that the layout gives", () => {
    const shape = { ...shapeOf(ran[0] ?? fail()), layers: 4 };
    const given = {
      ...(ran[0] ?? fail()).line.layout,
      recompute: "none" as const,
      loss: "plain" as const,
      gradientFormat: "fp32" as const,
      momentFormat: "fp32" as const,
      offloadActivationLayers: 0,
      precision: "bf16" as const,
    };
    const { fits, assumed } = memoryThatFits(shape, given, { count: 8, capacityBytes: 1e6 });
    expect({ fits, assumed }).toEqual({ fits: false, assumed: {} });
  });
});

function fail(): never {
  throw new TypeError("no measurements");
}
