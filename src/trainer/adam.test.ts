import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { seededRandom } from "../foundation/seeded-random.ts";
import { type AdamOptions, adamDefaults, adamState, adamStepInto } from "./adam.ts";

const options: AdamOptions = {
  ...adamDefaults,
  weightDecay: 0.1,
  learningRate: (samplesSeen) => 0.01 / (1 + samplesSeen / 100),
};

describe("adamStepInto", () => {
  test("follows the algorithm as written, in float64, for any number of parameters", () => {
    fc.assert(
      fc.property(fc.integer({ min: 0, max: 70 }), fc.integer(), (count, seed) => {
        const gradients = gradientsOf(count, seed);
        const parameters = randomValues(count, `${seed}/parameters`);
        const expected = Array.from(parameters);
        trainAsWritten(expected, gradients);
        train(parameters, gradients);
        // Five steps of at most 0.0115 each, with a handful of float32 roundings (6e-8) in each, of
        // parameters below 8 and of steps.
        for (const [index, value] of parameters.entries()) {
          expect(Math.abs(value - (expected[index] ?? NaN))).toBeLessThan(5 * 8 * 2e-7);
        }
      }),
    );
  });

  test("gives the same bits however the parameters are divided", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 70 }), fc.nat(70), (count, cut) => {
        const gradients = gradientsOf(count, 1);
        const whole = randomValues(count, "parameters");
        const divided = whole.slice();
        train(whole, gradients);
        for (const [start, stop] of [
          [0, cut],
          [cut, count],
        ] as const) {
          train(
            divided.subarray(start, stop),
            gradients.map((one) => one.subarray(start, stop)),
          );
        }
        expect(divided).toEqual(whole);
      }),
    );
  });

  test("leaves a parameter alone that never had a gradient, but for its decay", () => {
    const parameters = Float32Array.of(1, -2);
    adamStepInto(parameters, new Float32Array(2), adamState(2), { ...options, samplesSeen: 0 });
    expect([...parameters]).toEqual([Math.fround(1 - 0.001), Math.fround(-2 * (1 - 0.001))]);
  });

  test("refuses more parameters than its state is for", () => {
    const state = adamState(2);
    const step = (): void => {
      adamStepInto(new Float32Array(3), new Float32Array(3), state, { ...options, samplesSeen: 0 });
    };
    expect(step).toThrow(RangeError);
  });
});

/** Five steps; the fourth has no gradient at all. */
function gradientsOf(count: number, seed: number): Float32Array[] {
  return [0, 1, 2, 3, 4].map((step) =>
    step === 3 ? new Float32Array(count) : randomValues(count, `${seed}/${step}`),
  );
}

function randomValues(count: number, seed: string): Float32Array {
  const random = seededRandom(seed);
  return Float32Array.from({ length: count }, () => random.normal());
}

function train(parameters: Float32Array, gradients: readonly Float32Array[]): void {
  const state = adamState(parameters.length);
  for (const [step, gradient] of gradients.entries()) {
    adamStepInto(parameters, gradient, state, { ...options, samplesSeen: 100 * step });
  }
}

function trainAsWritten(parameters: number[], gradients: readonly Float32Array[]): void {
  const { beta1, beta2, epsilon, weightDecay } = options;
  for (const [index, start] of parameters.entries()) {
    let [value, first, second] = [start, 0, 0];
    for (const [step, gradient] of gradients.entries()) {
      const learningRate = options.learningRate(100 * step);
      const slope = gradient[index] ?? NaN;
      first = beta1 * first + (1 - beta1) * slope;
      second = beta2 * second + (1 - beta2) * slope ** 2;
      const firstUnbiased = first / (1 - beta1 ** (step + 1));
      const secondUnbiased = second / (1 - beta2 ** (step + 1));
      value -= learningRate * weightDecay * value;
      value -= (learningRate * firstUnbiased) / (Math.sqrt(secondUnbiased) + epsilon);
    }
    parameters[index] = value;
  }
}
