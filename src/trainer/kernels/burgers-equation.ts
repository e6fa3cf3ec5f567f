import { binFrequency, fourierTransform, inverseFourierTransform } from "./fourier-transform.ts";

/**
 * Solves the viscous Burgers' equation on the unit circle, u_t + u u_x = ν u_xx for x in [0, 1),
 * exactly up to the resolution of the grid.
 *
 * Cole and Hopf: with u = c + v, where c is the mean that the equation conserves, and
 * v = -2ν φ_x / φ, the potential φ obeys the heat equation φ_t = ν φ_xx in the frame that moves
 * with speed c. Each Fourier mode of φ then only decays, by exp(-ν (2πk)² t): no time
 * steps are needed. φ = exp(-V / 2ν), where V is the antiderivative of v, spans
 * exp(range(V) / 2ν); the grid has to resolve that, which for ν = 0.01 and waves of size one means
 * some 256 points.
 *
 * @param initial u(x, 0) at x = j/n, n a power of two
 * @param viscosity ν, in domain lengths squared per unit of time
 * @param time simulated duration, in units of time
 * @returns u(x, time) at the same points
 * @throws RangeError if n is not a power of two, or ν or the time is not positive
 * @see Hopf 1950, https://doi.org/10.1002/cpa.3160030302; Cole 1951, https://doi.org/10.1090/qam/42889
 */
export function solveBurgers(
  initial: Float64Array,
  { viscosity, time }: { viscosity: number; time: number },
): Float64Array {
  if (!(viscosity > 0) || !(time > 0)) {
    throw new RangeError(`viscosity and time must be positive, not ${viscosity} and ${time}`);
  }
  const count = initial.length;
  const mean = initial.reduce((sum, value) => sum + value, 0) / count;
  const potential = colesPotential(initial, mean, viscosity);
  const modes = fourierTransform({ re: potential, im: new Float64Array(count) });

  const slope = { re: new Float64Array(count), im: new Float64Array(count) };
  for (let bin = 0; bin < count; bin++) {
    const waveNumber = 2 * Math.PI * binFrequency(bin, count);
    const decay = Math.exp(-viscosity * waveNumber * waveNumber * time);
    // The moving frame: the value at x now was at x - c t at the start.
    const angle = -waveNumber * mean * time;
    const re = decay * (modes.re[bin]! * Math.cos(angle) - modes.im[bin]! * Math.sin(angle));
    const im = decay * (modes.re[bin]! * Math.sin(angle) + modes.im[bin]! * Math.cos(angle));
    modes.re[bin] = re;
    modes.im[bin] = im;
    // Bin n/2 has no odd derivative that is real on the grid.
    const isUnpaired = bin === count / 2;
    slope.re[bin] = isUnpaired ? 0 : -waveNumber * im;
    slope.im[bin] = isUnpaired ? 0 : waveNumber * re;
  }
  const phi = inverseFourierTransform(modes).re;
  const phiSlope = inverseFourierTransform(slope).re;
  return phi.map((value, index) => mean - (2 * viscosity * phiSlope[index]!) / value);
}

/** φ = exp(-V / 2ν), scaled so that its largest value is 1. */
function colesPotential(initial: Float64Array, mean: number, viscosity: number): Float64Array {
  const count = initial.length;
  const modes = fourierTransform({
    re: initial.map((value) => value - mean),
    im: new Float64Array(count),
  });
  const integral = { re: new Float64Array(count), im: new Float64Array(count) };
  for (let bin = 1; bin < count; bin++) {
    if (bin === count / 2) continue;
    const waveNumber = 2 * Math.PI * binFrequency(bin, count);
    integral.re[bin] = modes.im[bin]! / waveNumber;
    integral.im[bin] = -modes.re[bin]! / waveNumber;
  }
  const exponent = inverseFourierTransform(integral).re.map((value) => -value / (2 * viscosity));
  const largest = exponent.reduce((a, b) => Math.max(a, b), -Infinity);
  return exponent.map((value) => Math.exp(value - largest));
}
