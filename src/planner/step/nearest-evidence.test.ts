import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { StepEvidence } from "../../schema/plan/calibration.ts";
import { correctionNear, correctionsNear, correlationDistance } from "./evidence-corrections.ts";
import {
  evidenceDistance,
  evidenceScaleDistance,
  evidenceSettingDistance,
  nearestMeasurement,
  nearestScale,
  nearestSetting,
} from "./nearest-evidence.ts";

const scope = {
  generation: "hopper",
  accelerator: "h100-sxm",
  precision: "bf16",
  stack: "megatron",
};

function measurement(given: Partial<StepEvidence>): StepEvidence {
  return {
    id: "one",
    source: "a table",
    ...scope,
    features: [0, 0],
    weight: 0,
    ratio: 1,
    layoutLeftOut: 1,
    modelLeftOut: 1,
    sourceLeftOut: 1,
    ...given,
  };
}

describe("evidence for a prediction", () => {
  test("corrects by the errors of measurements nearby, less with each step away", () => {
    const near = measurement({ features: [0, 0, 0, 0, 0], weight: 0.1 });
    const correction = (features: number[]) => correctionNear({ ...scope, features }, [near]);
    expect(correction([0, 0, 0, 0, 0])).toBeCloseTo(Math.exp(0.1));
    expect(correction([correlationDistance, 0, 0, 0, 0])).toBeCloseTo(Math.exp(0.1 / Math.E));
    expect(correction([0, 0, 0, correlationDistance, 0])).toBeCloseTo(Math.exp(0.1 / Math.E));
    expect(correction([100, 0, 0, 0, 0])).toBe(1);
  });

  test("corrects layouts that differ in open choices as it corrects each alone", () => {
    const features = fc.array(fc.integer({ min: -4, max: 4 }), { minLength: 6, maxLength: 6 });
    const entry = fc.record({ features, weight: fc.double({ min: -0.1, max: 0.1, noNaN: true }) });
    const open = fc.tuple(fc.nat(4), fc.nat(4), fc.nat(1));
    fc.assert(
      fc.property(features, open, fc.array(entry, { maxLength: 20 }), (asked, choice, known) => {
        const measurements = known.map(measurement);
        const corrections = correctionsNear({ ...scope, features: asked }, measurements);
        const whole = { ...scope, features: [...asked.slice(0, -3), ...choice] };
        const log = known.reduce((sum, one, at) => {
          const distance = evidenceDistance(whole, measurements[at] ?? whole);
          return distance < 12 ? sum + one.weight * Math.exp(-distance / correlationDistance) : sum;
        }, 0);
        expect(corrections(choice)).toBeCloseTo(Math.exp(log), 12);
        expect(correctionNear(whole, measurements)).toBe(corrections(choice));
      }),
    );
  });

  test("corrects nothing without measurements", () => {
    expect(nearestMeasurement({ ...scope, features: [0, 0] }, [])).toBeUndefined();
    expect(correctionNear({ ...scope, features: [0, 0] }, [])).toBe(1);
  });

  test("names the nearest measurement and its distance", () => {
    const measurements = [
      measurement({ id: "far", features: [5, 0] }),
      measurement({ id: "near", features: [1, 1] }),
      measurement({ id: "other", stack: "fsdp" }),
    ];
    const nearest = nearestMeasurement({ ...scope, features: [0, 0] }, measurements);
    expect(nearest).toMatchObject({ measurement: "near", distance: 2 });
  });

  test("finds how well a setting was measured, whatever the size of the model", () => {
    const measurements = [
      measurement({ features: [3, 500, 0, 20] }),
      measurement({ features: [1, 500, 0.5, 20], stack: "fsdp" }),
    ];
    const setting = (features: number[]) => nearestSetting({ ...scope, features }, measurements);
    expect(setting([0, 0, 0, 0])).toBe(3);
    expect(setting([0, 900, 1, 40])).toBe(4);
    expect(setting([3, 0, 0, 0])).toBe(0);
    expect(nearestSetting({ ...scope, features: [0, 0, 0, 0] }, [])).toBe(Infinity);
  });

  test("finds the same layout on another number of accelerators, and no other layout", () => {
    const features = [1, 500, 4, 0, 0, 0, 0, 0, 2];
    const measurements = [
      measurement({ features: features.with(0, 3).with(8, 3) }),
      measurement({ features: features.with(4, 0.1) }),
      measurement({ features, stack: "fsdp" }),
    ];
    expect(nearestScale({ ...scope, features }, measurements)).toBe(3);
    expect(nearestScale({ ...scope, features }, measurements.slice(1))).toBe(Infinity);
  });

  test("finds the nearest of any measurements, and the nearest setting", () => {
    const query = fc.record({
      generation: fc.constantFrom("hopper", "blackwell"),
      accelerator: fc.constantFrom("h100-sxm", "h200-sxm"),
      precision: fc.constantFrom("bf16", "fp8"),
      stack: fc.constantFrom("megatron", "fsdp"),
      features: fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 5, maxLength: 5 }),
    });
    fc.assert(
      fc.property(query, fc.array(query, { minLength: 1, maxLength: 20 }), (asked, known) => {
        const measurements = known.map((each, at) => measurement({ ...each, id: String(at) }));
        const shortest = Math.min(...known.map((each) => evidenceDistance(asked, each)));
        expect(nearestMeasurement(asked, measurements)?.distance).toBe(shortest);
        const setting = Math.min(...known.map((each) => evidenceSettingDistance(asked, each)));
        expect(nearestSetting(asked, measurements)).toBe(setting);
        const scale = Math.min(...known.map((each) => evidenceScaleDistance(asked, each)));
        expect(nearestScale(asked, measurements)).toBe(scale);
      }),
    );
  });
});
