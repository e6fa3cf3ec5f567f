import { z } from "zod";

/** A rentable machine and its price on a date, in US dollars per hour for the whole instance. */
export const priceEntry = z.strictObject({
  provider: z.string(),
  /** Unique within a provider, region and date. */
  instance: z.string(),
  /** Name in accelerators.json, if unambiguous. */
  accelerator: z.string().optional(),
  /** As the source names it. */
  acceleratorLabel: z.string(),
  acceleratorCount: z.number().int().positive(),
  onDemandUsdPerHour: z.number().positive().optional(),
  spotUsdPerHour: z.number().positive().optional(),
  region: z.string().optional(),
  /** The time the figure held, as the source gives it. */
  date: z.string(),
  /** The latest date that the source covers; decides which of two entries is newer: `2025-03-07`, `2018`. */
  asOf: z.string(),
  source: z.string(),
  /** `listed` in the named source, or `recalled`: known from memory or worked out, check before relying on it. */
  status: z.enum(["listed", "recalled"]),
  note: z.string().optional(),
});
export type PriceEntry = z.output<typeof priceEntry>;
export const priceList = z.strictObject({ entries: z.array(priceEntry) });
export type PriceList = z.output<typeof priceList>;

/** Number formats that peaks are given for; `fp8` and `fp4` count dense arithmetic. */
export const numberFormats = ["fp32", "tf32", "bf16", "fp16", "fp8", "fp4"] as const;

/** One accelerator model. Unpublished figures are absent. */
export const accelerator = z.strictObject({
  name: z.string(),
  vendor: z.string(),
  year: z.number().int(),
  /** Dense, FLOP per second. */
  peakFlopPerSecond: z.partialRecord(z.enum(numberFormats), z.number().positive()),
  /** As its name says, in powers of ten. */
  memoryBytes: z.number().positive(),
  /** What its driver reports, such as `81559MiB` of `nvidia-smi`. */
  reportedMemoryBytes: z.number().positive().optional(),
  memoryBytesPerSecond: z.number().positive(),
  /** NVLink, xGMI, ICI and the like: both directions together, per accelerator. */
  scaleUpBytesPerSecond: z.number().positive().optional(),
  /** How many accelerators that fast network joins; 1 where there is none. */
  scaleUpCount: z.number().int().positive(),
  /** Network out of the machine, per accelerator, one direction. */
  networkBytesPerSecond: z.number().positive().optional(),
  powerLimitWatts: z.number().positive().optional(),
  /** Other names, as programs report them. */
  aliases: z.array(z.string()),
  status: z.string(),
  source: z.string(),
  note: z.string().optional(),
});
export type Accelerator = z.output<typeof accelerator>;
export const acceleratorList = z.strictObject({ entries: z.array(accelerator) });
export type AcceleratorList = z.output<typeof acceleratorList>;

/** Coefficients for the power of a machine without a meter. */
export const powerEstimate = z.strictObject({
  /** One virtual processor doing nothing, watts. */
  idleWattsPerCore: z.number().nonnegative(),
  /** One virtual processor fully busy, watts. */
  busyWattsPerCore: z.number().positive(),
  /** Per 1e9 bytes of memory, watts. */
  memoryWattsPerGigabyte: z.number().nonnegative(),
  source: z.string(),
  checkedOn: z.string(),
  status: z.string(),
});
export type PowerEstimate = z.output<typeof powerEstimate>;
