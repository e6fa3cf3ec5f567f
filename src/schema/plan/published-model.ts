import { z } from "zod";

const positive = z.number().positive();

/**
 * How published times to train depend on the number of accelerators, the accelerator and the software's date: the mean and
 * the covariances of a Gaussian process over the logarithm of the time to base 2.
 */
export const publishedModel = z.strictObject({
  /** Each doubling of the accelerators divides the time by 2 to this power. */
  countExponent: positive,
  /** The time falls with the arithmetic peak and the memory bandwidth to these powers. */
  peakExponent: positive,
  bandwidthExponent: positive,
  /** Gain of software per year, and of an accelerator's first years, in powers of 2. */
  yearlyGain: z.number().nonnegative(),
  firstYearsGain: z.number().nonnegative(),
  firstYears: positive,
  /** Standard deviations, in powers of 2. */
  deviations: z.strictObject({
    level: positive,
    slope: positive,
    shape: positive,
    accelerator: positive,
    acceleratorShape: positive,
    generation: positive,
    date: positive,
    acceleratorDate: positive,
    noise: positive,
  }),
  /** Doublings over which the scaling curve changes its shape. */
  shapeDoublings: positive,
  /** Years over which software changes. */
  dateYears: positive,
  /** Multiplies the interval so that 80 % of the results of the fitted rounds were inside. */
  intervalFactor: positive,
  /** What a FLOP/s of a narrow format counts in FLOP/s of bf16. */
  formatWeights: z.strictObject({ fp8: positive, fp4: positive }),
  /** Results older than this many years are not used. */
  windowYears: positive,
  /** Accelerators by the start of their name. */
  generations: z.array(z.strictObject({ prefix: z.string(), generation: z.string() })),
  /** The rounds that the constants were fitted on; later rounds are held out. */
  fittedRounds: z.array(z.string()),
  source: z.string(),
});
export type PublishedModel = z.output<typeof publishedModel>;
