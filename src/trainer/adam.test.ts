import { describe, expect, test } from "vitest";

import { seededRandom } from "../foundation/numbers/seeded-random.ts";
import { adamDefaults, adamState, adamStepInto } from "./adam.ts";

const options = { ...adamDefaults, weightDecay: 0.01, learningRate: () => 1e-2 };

/** Zero except at 640 samples. */
const learningRate = (samplesSeen: number): number => (samplesSeen === 640 ? 0.5 : 0);

function normals(count: number, seed: string): Float32Array {
  const random = seededRandom(seed);
  return Float32Array.from({ length: count }, () => random.normal());
}

describe("adamStepInto", () => {
  test.each([1, 2, 3, 4])("gives the same bits when divided among %i workers", (workers) => {
    const count = 101;
    const whole = normals(count, "parameters");
    const divided = whole.slice();
    const state = adamState(count);
    const bounds = Array.from({ length: workers + 1 }, (_, rank) =>
      Math.floor((rank * count) / workers),
    );
    const shards = bounds.slice(1).map((stop, rank) => {
      const start = bounds[rank] ?? 0;
      return { start, stop, state: adamState(stop - start) };
    });
    for (let step = 0; step < 20; step++) {
      const gradients = normals(count, `gradients ${step}`);
      adamStepInto(whole, gradients, state, { ...options, samplesSeen: step });
      for (const { start, stop, state } of shards) {
        const [part, slopes] = [divided.subarray(start, stop), gradients.subarray(start, stop)];
        adamStepInto(part, slopes, state, { ...options, samplesSeen: step });
      }
    }
    expect(divided).toEqual(whole);
  });

  test("takes a first step of the learning rate against the sign of the gradient", () => {
    const parameters = Float32Array.of(1, 1, 1);
    const plain = { ...adamDefaults, learningRate: () => 0.1, samplesSeen: 0 };
    adamStepInto(parameters, Float32Array.of(5, -0.001, 0), adamState(3), plain);
    expect(parameters[0]).toBeCloseTo(0.9, 6);
    expect(parameters[1]).toBeCloseTo(1.1, 5); // epsilon is 1e-5 of this gradient
    expect(parameters[2]).toBe(1);
  });

  test("shrinks a parameter without gradient by weight decay", () => {
    const parameters = Float32Array.of(2);
    adamStepInto(parameters, Float32Array.of(0), adamState(1), { ...options, samplesSeen: 0 });
    expect(parameters[0]).toBeCloseTo(2 * (1 - 1e-2 * 0.01), 6);
  });

  test("passes the number of samples seen to the learning rate schedule", () => {
    const parameters = Float32Array.of(0);
    const state = adamState(1);
    for (const samplesSeen of [0, 320, 640]) {
      adamStepInto(parameters, Float32Array.of(1), state, {
        ...adamDefaults,
        learningRate,
        samplesSeen,
      });
    }
    expect(parameters[0]).toBeCloseTo(-0.5, 5);
  });
});
