import { readFileSync } from "node:fs";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { acceleratorList } from "../../schema/catalogue.ts";
import { layerCalibration } from "../../schema/plan/layer-calibration.ts";
import { readLayoutLine } from "../../schema/plan/read-layout-line.ts";
import { findLayerModel } from "./find-layer-model.ts";
import { layerModels } from "./layer-models.ts";
import { totalOf } from "./layer-work.ts";
import { predictLayerModel } from "./predict-layer-model.ts";

const read = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../../data/${name}`, import.meta.url), "utf8"));
const { entries: accelerators } = acceleratorList.parse(read("accelerators.json"));
const { entries: fits } = layerCalibration.parse(read("planner/layer-models.json"));

const predict = (name: string, accelerator: string, count: number, globalBatch: number) => {
  const found = findLayerModel(name);
  const known = accelerators.find((one) => one.name === accelerator);
  if (found?.kind !== "layers" || known === undefined) throw new Error(`no ${name}`);
  const { hardware, layout } = readLayoutLine({
    model: { name },
    hardware: { accelerator, count },
    layout: { globalBatch },
  });
  return predictLayerModel(found.model, { ...hardware, known }, layout, fits);
};

describe("the layers of a model", () => {
  // Published counts: multiply-adds of one forward pass, and parameters.
  test.each([
    { name: "resnet-50", gigaMacs: 4.09, parameters: 25.6e6 },
    { name: "retinanet", gigaMacs: 202, parameters: 38e6 },
    { name: "unet3d", gigaMacs: 478, parameters: 30.8e6 },
    { name: "stable-diffusion-v2", gigaMacs: 425, parameters: 1206e6 },
    { name: "flux-1", gigaMacs: 3400, parameters: 11_900e6 },
  ])("of $name add up to the published size", ({ name, gigaMacs, parameters }) => {
    const model = layerModels.find((one) => one.model.name === name)?.model;
    if (model === undefined) throw new Error(`no ${name}`);
    expect(totalOf(model, "flop") / 2e9 / gigaMacs).toBeCloseTo(1, 1);
    expect(Math.abs(totalOf(model, "parameters") / parameters - 1)).toBeLessThan(0.1);
  });
});

describe("predictLayerModel", () => {
  test("predicts ResNet-50 on 8 H100 near what MLPerf submitters reached: 7,000 images/s each", () => {
    const answer = predict("resnet-50", "h100-sxm", 8, 3200);
    if (answer.kind !== "predicted") throw new Error(answer.error.message);
    expect(answer.samplesPerSecondPerAccelerator).toBeGreaterThan(6300);
    expect(answer.samplesPerSecondPerAccelerator).toBeLessThan(7700);
    expect(answer.fits).toBe(true);
  });

  test("adds its parts up to the step", () => {
    const counts = fc.constantFrom(1, 8, 64, 1024);
    const names = fc.constantFrom(...layerModels.map(({ model }) => model.name));
    fc.assert(
      fc.property(names, counts, fc.integer({ min: 1, max: 512 }), (name, count, each) => {
        const answer = predict(name, "h100-sxm", count, count * each);
        if (answer.kind !== "predicted") throw new Error(answer.error.message);
        const sum = Object.values(answer.breakdown).reduce((total, part) => total + part, 0);
        expect(sum).toBeCloseTo(answer.stepTimeMs, 6);
        expect(answer.intervalMs.low).toBeLessThan(answer.intervalMs.high);
      }),
    );
  });

  test("never gets slower with more memory bandwidth", () => {
    const known = accelerators.find(({ name }) => name === "h100-sxm");
    const found = findLayerModel("resnet-50");
    if (known === undefined || found?.kind !== "layers") throw new Error("no h100-sxm");
    const { hardware, layout } = readLayoutLine({
      model: { name: "resnet-50" },
      hardware: { accelerator: "h100-sxm", count: 8 },
      layout: { globalBatch: 3200 },
    });
    const timeWith = (memoryBytesPerSecond: number): number => {
      const answer = predictLayerModel(
        found.model,
        { ...hardware, known, memoryBytesPerSecond },
        layout,
        fits,
      );
      return answer.kind === "predicted" ? answer.stepTimeMs : Infinity;
    };
    fc.assert(
      fc.property(
        fc.double({ min: 1e11, max: 1e13, noNaN: true }),
        fc.double({ min: 1, max: 10, noNaN: true }),
        (bandwidth, factor) => {
          expect(timeWith(bandwidth * factor)).toBeLessThanOrEqual(timeWith(bandwidth));
        },
      ),
    );
  });

  test("splits volumes over more accelerators than there are samples, and says so", () => {
    expect(predict("unet3d", "h100-sxm", 72, 56)).toMatchObject({
      kind: "predicted",
      assumed: { split: "each volume over 1.3 accelerators" },
    });
  });

  test("refuses a batch that does not reach all accelerators", () => {
    expect(predict("resnet-50", "h100-sxm", 64, 32)).toMatchObject({
      kind: "error",
      error: { code: "batch-too-small" },
    });
  });
});

describe("findLayerModel", () => {
  test.each([
    { name: "ResNet50", expected: { kind: "layers" } },
    { name: "flux1-schnell", expected: { kind: "layers" } },
    { name: "ppo", expected: { kind: "not-modelled", what: "reinforcement learning" } },
    { name: "rgat", expected: { kind: "not-modelled" } },
  ])("knows $name", ({ name, expected }) => {
    expect(findLayerModel(name)).toMatchObject(expected);
  });

  test("leaves other names to the table of transformers", () => {
    expect(findLayerModel("llama31-8b")).toBeUndefined();
  });
});
