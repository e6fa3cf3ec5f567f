import type { SeededRandom } from "../../foundation/numbers/seeded-random.ts";
import { solveBurgers } from "../kernels/burgers-equation.ts";
import { inverseFourierTransform } from "../kernels/fourier-transform.ts";

/** Points of the circle at which the model sees a flow. */
export const gridSize = 64;
/** Points at which it is solved; 256 agree with 2,048 to 1e-11 at this viscosity. */
const fineGridSize = 256;

/** In domain lengths squared per unit of time: fronts become about two grid points wide. */
const viscosity = 0.01;
/** The prediction horizon, in units of time: by then, waves have steepened into fronts. */
const time = 0.5;

const waveCount = 8;
const waveAmplitude = 0.4;
const meanVelocityDeviation = 0.2;

/** A velocity field on the circle, now and `time` later, at `gridSize` points each. */
export interface Flow {
  readonly before: Float32Array;
  readonly after: Float32Array;
}

/** A random smooth flow and its solution under Burgers' equation. */
export function drawFlow(random: SeededRandom): Flow {
  const before = drawInitialVelocity(random);
  return {
    before: onModelGrid(before),
    after: onModelGrid(solveBurgers(before, { viscosity, time })),
  };
}

/**
 * c + Σ_k a_k cos(2πkx) + b_k sin(2πkx), k = 1…8, with normal coefficients: c of deviation 0.2, a_k
 * and b_k of deviation 0.4 / (1 + k²/4).
 */
function drawInitialVelocity(random: SeededRandom): Float64Array {
  const modes = { re: new Float64Array(fineGridSize), im: new Float64Array(fineGridSize) };
  modes.re[0] = fineGridSize * meanVelocityDeviation * random.normal();
  for (let wave = 1; wave <= waveCount; wave++) {
    // A real field: all of the wave in its positive bin, of which the real part is taken.
    const amplitude = (fineGridSize * waveAmplitude) / (1 + (wave * wave) / 4);
    modes.re[wave] = amplitude * random.normal();
    modes.im[wave] = -amplitude * random.normal();
  }
  return inverseFourierTransform(modes).re;
}

function onModelGrid(fine: Float64Array): Float32Array {
  const stride = fineGridSize / gridSize;
  return Float32Array.from({ length: gridSize }, (_, point) => fine[point * stride] ?? Number.NaN);
}
