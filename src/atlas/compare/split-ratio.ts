import type { TimeFactor, TimeSplit } from "../../schema/atlas/answers/comparison.ts";
import type { ResultRow } from "../../schema/atlas/results/result-row.ts";

/**
 * Splits the time ratio of two results into factors: score = samples / (accelerators x rate of each) x scaling factor, so that the ratio
 * of two scores is the product of four ratios. The rate is derived from time and samples, so it
 * includes everything that affects step time, including evaluation and start-up.
 */
export function splitRatio(from: ResultRow, to: ResultRow): TimeSplit {
  if (!hasTime(from) || !hasTime(to))
    return { kind: "no-split", totalRatio: undefined, reason: "no-score" };
  const totalRatio = from.scoreMs / to.scoreMs;
  if (!hasSamples(from) || !hasSamples(to))
    return { kind: "no-split", totalRatio, reason: "no-samples" };
  if (from.samplesUnit !== to.samplesUnit)
    return { kind: "no-split", totalRatio, reason: "units-differ" };
  const throughput = rate(to) / rate(from);
  const factors: { factor: TimeFactor; ratio: number }[] = [
    { factor: "samples", ratio: from.samplesToConverge / to.samplesToConverge },
  ];
  if (from.acceleratorCount === undefined || to.acceleratorCount === undefined)
    factors.push({ factor: "throughput", ratio: throughput });
  else {
    const accelerators = to.acceleratorCount / from.acceleratorCount;
    factors.push(
      { factor: "accelerators", ratio: accelerators },
      { factor: "throughput-per-accelerator", ratio: throughput / accelerators },
    );
  }
  factors.push({
    factor: "scaling-factor",
    ratio: from.scoreMs / from.unscaledMs / (to.scoreMs / to.unscaledMs),
  });
  const wrong = factors.find(({ factor, ratio }) => !isPlausible(factor, ratio));
  if (wrong !== undefined) return { kind: "implausible", totalRatio, ...wrong };
  return { kind: "split", totalRatio, factors };
}

/**
 * The greatest ratios that results of one benchmark can have, with a margin over those in MLPerf: samples differ by up to 9
 * times (CosmoFlow, by batch size), and a processor is several hundred times slower than an accelerator.
 */
const highestRatio: Readonly<Partial<Record<TimeFactor, number>>> = {
  samples: 12,
  "throughput-per-accelerator": 1000,
};

function isPlausible(factor: TimeFactor, ratio: number): boolean {
  const highest = highestRatio[factor] ?? Number.POSITIVE_INFINITY;
  return ratio > 0 && ratio <= highest && ratio >= 1 / highest;
}

interface TimedRow extends ResultRow {
  scoreMs: number;
  unscaledMs: number;
}
interface SampledRow extends ResultRow {
  samplesToConverge: number;
}

function hasTime(row: ResultRow): row is TimedRow {
  return (row.scoreMs ?? 0) > 0 && (row.unscaledMs ?? 0) > 0;
}

function hasSamples(row: ResultRow): row is SampledRow {
  return (row.samplesToConverge ?? 0) > 0;
}

function rate({ samplesToConverge, unscaledMs }: TimedRow & SampledRow): number {
  return samplesToConverge / unscaledMs;
}
