import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { plannerModelList } from "../../src/schema/plan/planner-models.ts";
import { publishedMeasurement } from "../../src/schema/plan/published-measurement.ts";
import { acceleratorList } from "../../src/schema/catalogue.ts";

const read = (name: string): string =>
  readFileSync(new URL(`../../data/${name}`, import.meta.url), "utf8");

const models = plannerModelList.parse(JSON.parse(read("planner/models.json"))).entries;
const accelerators = acceleratorList.parse(JSON.parse(read("accelerators.json"))).entries;
const measurements = read("planner/measurements.jsonl")
  .trimEnd()
  .split("\n")
  .map((line) => publishedMeasurement.parse(JSON.parse(line)));

/** As names are compared: without case and punctuation. */
const plain = (name: string): string => name.toLowerCase().replaceAll(/[^a-z0-9]/g, "");

describe("the published measurements", () => {
  test("have ids of their own", () => {
    expect(new Set(measurements.map(({ id }) => id)).size).toBe(measurements.length);
  });

  test("use accelerators of the catalogue and models of the table", () => {
    const unknown = measurements.filter(
      ({ line: { hardware, model } }) =>
        accelerators.every(({ name }) => name !== hardware.accelerator) ||
        ("name" in model && models.every(({ name }) => name !== model.name)),
    );
    expect(unknown).toEqual([]);
  });

  test("have layouts that divide", () => {
    const uneven = measurements.filter(({ line: { hardware, layout } }) => {
      const { tp, pp, cp, ep, dp = 0, microBatch = 1, globalBatch } = layout;
      return (
        tp * pp * cp * dp !== hardware.count ||
        globalBatch % (dp * microBatch) !== 0 ||
        (tp * cp * dp) % ep !== 0
      );
    });
    expect(uneven).toEqual([]);
  });

  test("have a step time that agrees with their tokens per second", () => {
    const shapes = new Map(models.map(({ name, shape }) => [name, shape]));
    for (const { id, line, measured } of measurements) {
      const { stepTimeMs, tokensPerSecondPerAccelerator: rate } = measured;
      if (stepTimeMs === undefined || rate === undefined) continue;
      const { model, hardware, layout } = line;
      const seq = model.seq ?? ("name" in model ? shapes.get(model.name)?.seq : undefined) ?? 0;
      const tokens = rate * hardware.count * (stepTimeMs / 1000);
      expect(tokens / (layout.globalBatch * seq), id).toBeCloseTo(1, 2);
    }
  });

  // Read off the sources by hand.
  test.each([
    {
      table: "megatron-sc21",
      model: "megatron-gpt-1t",
      count: 3072,
      precision: "fp16",
      ms: 102_630,
    },
    { table: "korthikanti", model: "megatron-gpt-175b", count: 64, precision: "fp16", ms: 13_750 },
    { table: "nvidia-dgxc", model: "llama31-70b", count: 2048, precision: "bf16", ms: 14_660 },
    { table: "nvidia-dgxc", model: "grok-1", count: 2048, precision: "fp8", ms: 17_300 },
    { table: "simumax-b200", model: "llama31-70b", count: 8, precision: "bf16", ms: 11_315.7 },
  ])(
    "contain $model on $count accelerators of $table",
    ({ table, model, count, precision, ms }) => {
      const found = measurements.filter(
        (one) =>
          one.table === table &&
          one.heldOutGroup === model &&
          one.line.hardware.count === count &&
          one.line.layout.precision === precision &&
          one.measured.stepTimeMs === ms,
      );
      expect(found).toHaveLength(1);
    },
  );

  test("convert tokens per second: 1639 of Llama 3 70B on 64 H100 with 256 sequences of 8192", () => {
    const found = measurements.find(
      ({ measured }) => measured.tokensPerSecondPerAccelerator === 1639,
    );
    expect(found?.line).toMatchObject({
      model: { name: "llama31-70b", seq: 8192 },
      hardware: { accelerator: "h100-sxm", count: 64 },
      layout: { tp: 4, pp: 8, vp: 5, dp: 2, globalBatch: 256, precision: "fp8" },
    });
    expect(found?.measured.stepTimeMs).toBeCloseTo((256 * 8192 * 1000) / (1639 * 64), 0);
  });
});

describe("the table of models", () => {
  test("has one model per name", () => {
    const names = models.flatMap(({ name, aliases }) => [name, ...aliases].map(plain));
    expect(new Set(names).size).toBe(names.length);
  });

  test("has a head size that the hidden size needs", () => {
    const uneven = models.filter(
      ({ shape: { hidden, heads, headSize } }) => headSize === undefined && hidden % heads !== 0,
    );
    expect(uneven).toEqual([]);
  });
});
