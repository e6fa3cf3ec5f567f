import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { StepEvidence } from "../../schema/plan/calibration.ts";
import { correlationDistance, evidenceDistance, weighEvidence } from "./nearest-evidence.ts";

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
    const near = measurement({ weight: 0.1 });
    expect(weighEvidence({ ...scope, features: [0, 0] }, [near]).correction).toBeCloseTo(
      Math.exp(0.1),
    );
    expect(
      weighEvidence({ ...scope, features: [correlationDistance, 0] }, [near]).correction,
    ).toBeCloseTo(Math.exp(0.1 / Math.E));
    expect(weighEvidence({ ...scope, features: [100, 0] }, [near]).correction).toBe(1);
  });

  test("corrects nothing without measurements", () => {
    expect(weighEvidence({ ...scope, features: [0, 0] }, [])).toEqual({
      nearest: undefined,
      correction: 1,
    });
  });

  test("names the nearest measurement and its distance", () => {
    const measurements = [
      measurement({ id: "far", features: [5, 0] }),
      measurement({ id: "near", features: [1, 1] }),
      measurement({ id: "other", stack: "fsdp" }),
    ];
    const { nearest } = weighEvidence({ ...scope, features: [0, 0] }, measurements);
    expect(nearest).toMatchObject({ measurement: "near", distance: 2 });
  });

  test("finds the nearest of any measurements", () => {
    const query = fc.record({
      generation: fc.constantFrom("hopper", "blackwell"),
      accelerator: fc.constantFrom("h100-sxm", "h200-sxm"),
      precision: fc.constantFrom("bf16", "fp8"),
      stack: fc.constantFrom("megatron", "fsdp"),
      features: fc.array(fc.integer({ min: -20, max: 20 }), { minLength: 3, maxLength: 3 }),
    });
    fc.assert(
      fc.property(query, fc.array(query, { minLength: 1, maxLength: 20 }), (asked, known) => {
        const measurements = known.map((each, at) => measurement({ ...each, id: String(at) }));
        const shortest = Math.min(...known.map((each) => evidenceDistance(asked, each)));
        expect(weighEvidence(asked, measurements).nearest?.distance).toBe(shortest);
      }),
    );
  });
});
