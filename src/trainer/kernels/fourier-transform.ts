/** A complex sequence, real and imaginary parts apart; both have the same length. */
export interface ComplexSequence {
  readonly re: Float64Array;
  readonly im: Float64Array;
}

/**
 * The discrete Fourier transform, X[k] = Σ_j x[j] exp(-2πi jk / n), by Cooley and Tukey's
 * radix-2 recursion written as a loop.
 *
 * @throws RangeError if the length is not a power of two
 * @see Cooley and Tukey 1965, https://doi.org/10.1090/S0025-5718-1965-0178586-1
 */
export function fourierTransform(input: ComplexSequence): ComplexSequence {
  return transform(input, -1);
}

/** The inverse of `fourierTransform`, with the factor 1/n. */
export function inverseFourierTransform(input: ComplexSequence): ComplexSequence {
  const { re, im } = transform(input, 1);
  const count = re.length;
  return { re: re.map((value) => value / count), im: im.map((value) => value / count) };
}

/**
 * The whole-number frequency of each bin: 0, 1, …, n/2 - 1, -n/2, …, -1.
 * Bin n/2 is both +n/2 and -n/2.
 */
export function binFrequency(bin: number, count: number): number {
  return bin < count / 2 ? bin : bin - count;
}

function transform(input: ComplexSequence, sign: 1 | -1): ComplexSequence {
  const count = input.re.length;
  if (count === 0 || (count & (count - 1)) !== 0) {
    throw new RangeError(`a radix-2 transform needs a power of two, not ${count}`);
  }
  const output = bitReversed(input);
  for (let half = 1; half < count; half *= 2) mergeHalvesInto(output, half, sign);
  return output;
}

/** Joins neighboring transforms of length `half` into transforms of twice that length. */
function mergeHalvesInto({ re, im }: ComplexSequence, half: number, sign: 1 | -1): void {
  for (let offset = 0; offset < half; offset++) {
    const angle = (sign * Math.PI * offset) / half;
    const [cosine, sine] = [Math.cos(angle), Math.sin(angle)];
    for (let even = offset; even < re.length; even += 2 * half) {
      const odd = even + half;
      const oddRe = re[odd]! * cosine - im[odd]! * sine;
      const oddIm = re[odd]! * sine + im[odd]! * cosine;
      re[odd] = re[even]! - oddRe;
      im[odd] = im[even]! - oddIm;
      re[even] = re[even]! + oddRe;
      im[even] = im[even]! + oddIm;
    }
  }
}

function bitReversed({ re, im }: ComplexSequence): ComplexSequence {
  const count = re.length;
  const output = { re: new Float64Array(count), im: new Float64Array(count) };
  let reversed = 0;
  for (let index = 0; index < count; index++) {
    output.re[reversed] = re[index]!;
    output.im[reversed] = im[index]!;
    // Adds one to `reversed` with the carry running from the high bit down.
    let bit = count >> 1;
    while (bit > 0 && (reversed & bit) !== 0) {
      reversed ^= bit;
      bit >>= 1;
    }
    reversed |= bit;
  }
  return output;
}
