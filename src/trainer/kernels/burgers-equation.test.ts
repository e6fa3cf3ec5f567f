import { describe, expect, test } from "vitest";
import { seededRandom } from "../../foundation/numbers/seeded-random.ts";
import { solveBurgers } from "./burgers-equation.ts";

const settings = { viscosity: 0.01, time: 0.5 };

describe("solveBurgers", () => {
  test.each([
    { mean: 0, amplitude: 0.3 },
    { mean: 0.7, amplitude: 0.9 },
    { mean: -1.3, amplitude: 0.99 },
  ])(
    "follows the closed form of one decaying potential wave, mean $mean, amplitude $amplitude",
    ({ mean, amplitude }) => {
      const viscosity = 0.05;
      const exact = (time: number) => potentialWave({ viscosity, amplitude, mean, time });
      const solved = solveBurgers(exact(0), { viscosity, time: 0.3 });
      expect(relativeDistance(solved, exact(0.3))).toBeLessThan(1e-10);
    },
  );

  test("converges at second order to a refined finite-volume scheme", () => {
    const errors = [64, 128, 256].map((count) => {
      const initial = smoothFlow(count);
      return relativeDistance(
        stepBurgers(initial, settings),
        solveBurgers(smoothFlow(count), settings),
      );
    });
    const [coarse = 0, middle = 0, fine = 0] = errors;
    expect(fine).toBeLessThan(3e-3);
    // Halving the cells divides the error by four; a front two cells wide is not fully resolved yet.
    expect(coarse / middle).toBeGreaterThan(2.5);
    expect(middle / fine).toBeGreaterThan(3.5);
  });

  test("keeps the mean velocity", () => {
    for (const seed of [1, 2, 3]) {
      const initial = smoothFlow(256, seed);
      expect(mean(solveBurgers(initial, settings))).toBeCloseTo(mean(initial), 10);
    }
  });

  test("never gains energy", () => {
    const initial = smoothFlow(256);
    const energies = [0.1, 0.2, 0.4, 0.8].map((time) =>
      energy(solveBurgers(initial, { viscosity: 0.01, time })),
    );
    expect(energies).toEqual(energies.toSorted((a, b) => b - a));
    expect(energies[0]).toBeLessThan(energy(initial));
  });

  test("gives the same result in two half steps as in one step", () => {
    const initial = smoothFlow(512);
    const half = { viscosity: 0.01, time: 0.25 };
    const inTwo = solveBurgers(solveBurgers(initial, half), half);
    expect(relativeDistance(inTwo, solveBurgers(initial, settings))).toBeLessThan(1e-8);
  });

  test("is invariant in a moving frame", () => {
    // Half a unit of time at speed 0.5 is a quarter of the circle.
    const still = solveBurgers(smoothFlow(256), settings);
    const moving = solveBurgers(
      smoothFlow(256).map((value) => value + 0.5),
      settings,
    );
    const expected = still.map((_, index) => (still[(index + 192) % 256] ?? Number.NaN) + 0.5);
    expect(relativeDistance(moving, expected)).toBeLessThan(1e-9);
  });

  test("does not change a uniform flow", () => {
    for (const value of solveBurgers(new Float64Array(16).fill(2), settings)) {
      expect(value).toBeCloseTo(2, 12);
    }
  });

  test.each([
    { name: "no viscosity", viscosity: 0, time: 1, count: 8 },
    { name: "a time that is not a number", viscosity: 1, time: Number.NaN, count: 8 },
    { name: "a number of points that is not a power of two", viscosity: 1, time: 1, count: 12 },
  ])("refuses $name", ({ viscosity, time, count }) => {
    expect(() => solveBurgers(new Float64Array(count), { viscosity, time })).toThrow(RangeError);
  });
});

/** φ = 1 + a exp(-ν(2π)²t) cos(2π(x - ct)), so u = c - 2ν φ_x / φ. */
function potentialWave(wave: {
  viscosity: number;
  amplitude: number;
  mean: number;
  time: number;
}): Float64Array {
  const { viscosity, amplitude, mean, time } = wave;
  const k = 2 * Math.PI;
  const decayed = amplitude * Math.exp(-viscosity * k * k * time);
  return Float64Array.from({ length: 256 }, (_, index) => {
    const angle = k * (index / 256 - mean * time);
    return mean + (2 * viscosity * k * decayed * Math.sin(angle)) / (1 + decayed * Math.cos(angle));
  });
}

function smoothFlow(count: number, seed = 1): Float64Array {
  const random = seededRandom(seed);
  const offset = 0.2 * random.normal();
  const waves = [1, 2, 3].map((wave) => ({
    wave,
    sine: (0.4 / wave) * random.normal(),
    cosine: (0.4 / wave) * random.normal(),
  }));
  return Float64Array.from({ length: count }, (_, index) =>
    waves.reduce((sum, { wave, sine, cosine }) => {
      const angle = (2 * Math.PI * wave * index) / count;
      return sum + sine * Math.sin(angle) + cosine * Math.cos(angle);
    }, offset),
  );
}

/**
 * An independent reference: conservative central differences of u²/2 - ν u_x, second order in
 * space, with classical Runge and Kutta steps that are far below the stability limit.
 */
function stepBurgers(
  initial: Float64Array,
  { viscosity, time }: { viscosity: number; time: number },
): Float64Array {
  const count = initial.length;
  const stepCount = Math.ceil(time * count * count * viscosity * 2 + time * count * 8);
  const step = time / stepCount;
  const rate = (u: Float64Array): Float64Array =>
    u.map((value, index) => {
      const left = u[(index + count - 1) % count] ?? Number.NaN;
      const right = u[(index + 1) % count] ?? Number.NaN;
      const advection = ((right * right - left * left) / 4) * count;
      return viscosity * (right - 2 * value + left) * count * count - advection;
    });
  let u = initial;
  for (let done = 0; done < stepCount; done++) {
    const k1 = rate(u);
    const k2 = rate(moved(u, k1, step / 2));
    const k3 = rate(moved(u, k2, step / 2));
    const k4 = rate(moved(u, k3, step));
    u = moved(moved(moved(moved(u, k1, step / 6), k2, step / 3), k3, step / 3), k4, step / 6);
  }
  return u;
}

/** u + factor · by */
function moved(u: Float64Array, by: Float64Array, factor: number): Float64Array {
  return u.map((value, index) => value + factor * (by[index] ?? Number.NaN));
}

function relativeDistance(actual: Float64Array, expected: Float64Array): number {
  const difference = actual.map((value, index) => value - (expected[index] ?? Number.NaN));
  return Math.sqrt(energy(difference) / energy(expected));
}

function energy(u: Float64Array): number {
  return mean(u.map((value) => value * value));
}

function mean(u: Float64Array): number {
  return u.reduce((sum, value) => sum + value, 0) / u.length;
}
