import type { Accelerator } from "../../schema/catalogue.ts";
import type { PublishedModel } from "../../schema/plan/published-model.ts";
import type { PublishedRow } from "../../schema/plan/published-row.ts";

/** A published result that can be compared by its time to train. */
export interface TimedRow extends PublishedRow {
  scoreMs: number;
  acceleratorCount: number;
  accelerator: string;
  publishedOn: string;
}

/** A system at a date, as the model sees it. */
export interface Features {
  /** Logarithm of the number of accelerators to base 2. */
  doublings: number;
  /** Such as 2026.5. */
  year: number;
  accelerator: string;
  generation: string;
  /** Expected logarithm of the time to base 2, up to a constant of the benchmark. */
  mean: number;
}

/** What the features of a system depend on besides the system. */
export interface FeatureContext {
  model: PublishedModel;
  accelerators: ReadonlyMap<string, Accelerator>;
  /** The first year with a result of each accelerator. */
  firstYears: ReadonlyMap<string, number>;
}

export interface SystemAtDate {
  accelerator: string;
  acceleratorCount: number;
  year: number;
}

/** The features of a system; undefined for an accelerator without a known peak. */
export function featuresOf(
  { accelerator, acceleratorCount, year }: SystemAtDate,
  { model, accelerators, firstYears }: FeatureContext,
): Features | undefined {
  const facts = accelerators.get(accelerator);
  const peak = facts === undefined ? 0 : weightedPeak(facts, model);
  if (facts === undefined || peak <= 0) return undefined;
  const doublings = Math.log2(acceleratorCount);
  const age = Math.max(0, year - (firstYears.get(accelerator) ?? year));
  return {
    doublings,
    year,
    accelerator,
    generation: generationOf(accelerator, model),
    mean:
      -model.countExponent * doublings -
      model.peakExponent * Math.log2(peak) -
      model.bandwidthExponent * Math.log2(facts.memoryBytesPerSecond) -
      model.yearlyGain * year -
      model.firstYearsGain * (1 - Math.exp(-age / model.firstYears)),
  };
}

/** The covariance of the deviations of two systems from their means. */
export function covariance(a: Features, b: Features, model: PublishedModel): number {
  const { deviations: sd } = model;
  const distance = (a.doublings - b.doublings) / model.shapeDoublings;
  const near = Math.exp(-0.5 * distance ** 2);
  const recent = Math.exp(-Math.abs(a.year - b.year) / model.dateYears);
  const sameAccelerator = a.accelerator === b.accelerator;
  const slope = (a.doublings - middleDoublings) * (b.doublings - middleDoublings);
  return (
    sd.level ** 2 +
    sd.slope ** 2 * slope +
    sd.shape ** 2 * near +
    sd.date ** 2 * recent +
    (a.generation === b.generation ? sd.generation ** 2 : 0) +
    (sameAccelerator
      ? sd.accelerator ** 2 + sd.acceleratorShape ** 2 * near + sd.acceleratorDate ** 2 * recent
      : 0)
  );
}

/** Where the slope of a scaling curve does not change its level: 32 accelerators. */
const middleDoublings = 5;

/** Dense FLOP/s of the format that is fastest for training, in FLOP/s of bf16. */
function weightedPeak({ peakFlopPerSecond: peak }: Accelerator, model: PublishedModel): number {
  const { fp8, fp4 } = model.formatWeights;
  return Math.max(
    (peak.fp8 ?? 0) * fp8,
    (peak.fp4 ?? 0) * fp4,
    peak.bf16 ?? 0,
    peak.fp16 ?? 0,
    peak.tf32 ?? 0,
    peak.fp32 ?? 0,
  );
}

function generationOf(accelerator: string, { generations }: PublishedModel): string {
  return (
    generations.find(({ prefix }) => accelerator.startsWith(prefix))?.generation ?? accelerator
  );
}

/** `2026-06-16` and `2026-06` to 2026.5. */
export function yearOf(day: string): number {
  const [year = "0", month = "6"] = day.split("-");
  return Number(year) + Number(month) / 12;
}
