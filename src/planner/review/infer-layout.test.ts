import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { acceleratorList } from "../../schema/catalogue.ts";
import { calibration, stepEvidenceList } from "../../schema/plan/calibration.ts";
import { plannerModelList } from "../../schema/plan/planner-models.ts";
import { capacityBytes } from "../memory/capacity-bytes.ts";
import { predictStep } from "../step/predict-step.ts";
import { resolveShape } from "../step/resolve-shape.ts";
import { inferLayout } from "./infer-layout.ts";
import { proposeChanges } from "./propose-changes.ts";
import { ratioDeviation } from "./ratio-deviations.ts";

const read = (name: string): unknown =>
  JSON.parse(readFileSync(new URL(`../../../data/${name}`, import.meta.url), "utf8"));
const accelerators = acceleratorList.parse(read("accelerators.json")).entries;
const models = plannerModelList.parse(read("planner/models.json")).entries;
const data = {
  calibration: calibration.parse(read("planner/calibration.json")),
  evidence: stepEvidenceList.parse(read("planner/step-evidence.json")).entries,
};
const h100 = accelerators.find(({ name }) => name === "h100-sxm");
if (h100 === undefined) throw new RangeError("h100-sxm is in the catalog");
const shape = resolveShape({ name: "llama31-70b", seq: 8192 }, models);
const setting = { shape, accelerator: h100, count: 64, perNode: undefined };
const none = { published: [], data };

describe("the layout of a finished training", () => {
  test("keeps what is known and has a step near the measured one", () => {
    const known = { globalBatch: 128, tp: 4, pp: 4, precision: "bf16" as const };
    const hardware = { known: h100, accelerator: h100.name, count: 64 };
    const real = predictStep(
      shape,
      hardware,
      { globalBatch: 128, tp: 4, pp: 4, cp: 1, ep: 1, microBatch: 1, precision: "bf16" },
      data,
    );
    if (real.kind === "error") throw new RangeError(real.error.message);
    const found = inferLayout(known, setting, { ...none, stepMs: real.stepTimeMs });
    expect(found?.layout).toMatchObject({ tp: 4, pp: 4, precision: "bf16", globalBatch: 128 });
    const ratio = (found?.prediction.stepTimeMs ?? 0) / real.stepTimeMs;
    // Within two of the deviations between sites that an inferred layout is given.
    expect(Math.abs(Math.log(ratio))).toBeLessThan(0.22);
    expect(found?.prediction.fits).toBe(true);
  });

  test("divides the accelerators and the batch, with the passes that the log states", () => {
    const known = { globalBatch: 128, accumulation: 16 };
    const found = inferLayout(known, setting, { ...none, stepMs: 20_000 });
    const layout = found?.layout;
    expect(layout).toBeDefined();
    if (layout === undefined) return;
    const dp = 64 / (layout.tp * layout.pp * layout.cp);
    expect(128 / dp / (layout.microBatch ?? 0)).toBe(16);
    expect(found?.ignored).toEqual([]);
  });

  test("ignores passes that no layout has, and says so", () => {
    const found = inferLayout({ globalBatch: 128, accumulation: 7 }, setting, {
      ...none,
      stepMs: 20_000,
    });
    expect(found?.ignored).toEqual(["accumulation"]);
  });

  test("is that of published trainings where steps are as near", () => {
    const known = { globalBatch: 128, accumulation: 32, precision: "bf16" as const };
    const stepMs = 17_500;
    const accelerator = h100;
    const split = (tp: number, pp: number) =>
      inferLayout(known, setting, {
        data,
        published: Array.from({ length: 20 }, () => ({ tp, pp, cp: 1, accelerator })),
        stepMs,
      })?.layout;
    expect(split(2, 8)).toMatchObject({ tp: 2, pp: 8, cp: 1 });
    const alone = inferLayout(known, setting, { ...none, stepMs })?.layout;
    expect(alone).not.toMatchObject({ tp: 2, pp: 8, cp: 1 });
  });

  test("is not known for accelerators that no layout divides", () => {
    expect(inferLayout({ globalBatch: 7, tp: 3 }, setting, { ...none, stepMs: 1 })).toBeUndefined();
  });
});

describe("changes of a training", () => {
  const layout = {
    globalBatch: 128,
    tp: 8,
    pp: 8,
    cp: 1,
    ep: 1,
    microBatch: 1,
    recompute: "full" as const,
    precision: "bf16" as const,
  };
  const hardware = { known: h100, accelerator: h100.name, count: 64 };
  const prediction = predictStep(shape, hardware, layout, data);

  test("fit into the memory, and have an interval around the expected gain", () => {
    if (prediction.kind === "error") throw new RangeError(prediction.error.message);
    const changes = proposeChanges({
      setting,
      layout,
      prediction,
      stepsMs: 3_600_000,
      goal: undefined,
      batches: [],
      data,
    });
    expect(changes.length).toBeGreaterThan(0);
    for (const change of changes) {
      expect(change.lowMs).toBeLessThan(change.gainMs);
      expect(change.gainMs).toBeLessThan(change.highMs);
      expect(change.memoryBytesPerAccelerator).toBeLessThanOrEqual(1.03 * capacityBytes(h100));
    }
    expect(changes.map(({ kind }) => kind)).toContain("layout");
  });
});

test("ratios of predictions are known better for numbers of accelerators than for layouts", () => {
  const layouts = ratioDeviation("layout", data.evidence);
  const counts = ratioDeviation("count", data.evidence);
  expect(counts).toBeGreaterThan(0);
  expect(counts).toBeLessThan(layouts);
});
