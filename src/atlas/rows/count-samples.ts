import { formatCount, formatSignificant } from "../../foundation/numbers/units.ts";
import { meanOf, median } from "../../foundation/numbers/statistics.ts";
import { droppedAtEachEnd } from "../../schema/logs/mlperf-round.ts";
import type { BenchmarkResult } from "../../schema/logs/submission.ts";
import { factorBetween, type SamplesScale, type SamplesUnit } from "./samples-scale.ts";

/** The samples to converge of a result's runs, in the unit of the benchmark. */
export interface CountedSamples {
  unit: SamplesUnit;
  /** One entry for each run. */
  amounts: readonly (number | undefined)[];
  mean: number | undefined;
  /** Multiplies the counts of curves; undefined if they cannot be converted. */
  curveFactor: number | undefined;
  /** How the amounts differ from the logged ones, or why they are absent. */
  note: string | undefined;
}

/** Results within this factor of the reference are plausible: open models need a quarter, large batches twice as much. */
const plausibleFactor = 5;

/**
 * Converts what a result's runs needed to converge to the unit of the benchmark. Some submitters count in another unit
 * than the round's rules: the unit that gives a plausible amount is used. Implausible amounts are not kept.
 *
 * @param loggedUnit of the round's rules
 */
export function countSamples(
  result: Pick<
    BenchmarkResult,
    "runs" | "benchmark" | "globalBatchSize" | "samplesToConverge" | "findings"
  >,
  loggedUnit: SamplesUnit,
  scale: SamplesScale,
): CountedSamples {
  const { runs, findings } = result;
  const { unit } = scale;
  const logged = runs.map(({ convergence }) => convergence);
  const stated = logged.filter((amount) => amount !== undefined);
  const nothing = { unit, amounts: logged.map(() => undefined), mean: undefined };
  if (stated.length === 0) return { ...nothing, curveFactor: undefined, note: undefined };
  const isReplaced = findings.some(({ rule }) => rule === "samples-placeholder");
  const reading = readingsOf(result, loggedUnit, scale).find(({ factor }) =>
    isPlausible(median(stated) * factor, scale),
  );
  if (reading === undefined)
    return { ...nothing, curveFactor: undefined, note: describeImplausible(stated, scale) };
  const { factor } = reading;
  const scaled = (amount: number | undefined): number | undefined =>
    amount === undefined ? undefined : amount * factor;
  return {
    unit,
    amounts: logged.map(scaled),
    mean: scaled(result.samplesToConverge ?? trimmedMean(logged, result.benchmark)),
    curveFactor: isReplaced ? undefined : factor,
    note: isReplaced
      ? "samples to converge are `train_samples`: `epoch_num` is 1 in the logs"
      : describeFactor(reading, unit),
  };
}

interface Reading {
  unit: SamplesUnit;
  factor: number;
}

/** The ways to read the logged amounts, the round's own first. */
function readingsOf(
  { benchmark, globalBatchSize }: Pick<BenchmarkResult, "benchmark" | "globalBatchSize">,
  loggedUnit: SamplesUnit,
  { unit, reference }: SamplesScale,
): Reading[] {
  const others = reference === undefined ? [] : [unit, "epochs" as const, "steps" as const];
  return [...new Set([loggedUnit, ...others])].flatMap((from) => {
    const factor = factorBetween(from, unit, { benchmark, globalBatchSize });
    return factor === undefined ? [] : [{ unit: from, factor }];
  });
}

function isPlausible(amount: number, { reference }: SamplesScale): boolean {
  if (reference === undefined) return amount > 0;
  return amount >= reference.least / plausibleFactor && amount <= reference.most * plausibleFactor;
}

/** For results with more than one run that did not converge, where the rules permit it: those rank as slowest. */
function trimmedMean(
  amounts: readonly (number | undefined)[],
  benchmark: string,
): number | undefined {
  const dropped = droppedAtEachEnd(benchmark);
  const kept = amounts
    .map((amount) => amount ?? Number.POSITIVE_INFINITY)
    .toSorted((a, b) => a - b)
    .slice(dropped, amounts.length - dropped);
  const mean = kept.length === 0 ? Number.NaN : meanOf(kept);
  return Number.isFinite(mean) ? mean : undefined;
}

function describeFactor({ unit: from, factor }: Reading, unit: SamplesUnit): string | undefined {
  if (from === unit) return undefined;
  const each = from === "steps" ? "the global batch size" : "the training set";
  return `samples to converge are the logged ${from} x ${formatCount(factor)} (${each})`;
}

function describeImplausible(stated: readonly number[], { unit, reference }: SamplesScale): string {
  const needs =
    reference === undefined
      ? ""
      : `; the reference needs ${shown(reference.least)} to ${shown(reference.most)} ${unit}`;
  return `the logged samples to converge, ${shown(median(stated))}, are implausible and omitted${needs}`;
}

function shown(amount: number): string {
  return amount < 1000 ? String(Number(formatSignificant(amount, 4))) : formatCount(amount);
}
