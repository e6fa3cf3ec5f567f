import { formatDuration, formatSignificant } from "../../foundation/numbers/units.ts";
import type { Accelerator } from "../../schema/catalogue.ts";
import type { PlannedLayout } from "../../schema/plan/run-plan.ts";
import type { TimedRow } from "../published/published-features.ts";
import type { PublishedPrediction, PublishedPredictor } from "../published/predict-published.ts";
import { precisionNamed } from "./precision-named.ts";
import type { EstimateAnswer, TimeSource } from "./time-estimate.ts";

/** What published results are planned with. */
export interface PublishedPlanning {
  predictor: PublishedPredictor;
  /** The date of the software: that of the newest results, such as 2026.5. */
  year: number;
  /** Standard deviation of the logarithm of the samples to the target, over seeds. */
  seedLogSpread: number;
}

/** Beyond this standard deviation of the logarithm, a time from other accelerators says too little: a factor of 1.5. */
const largestTransferSpread = 0.4;

/** Times beyond this factor of the published numbers of accelerators would be guesses. */
const extrapolationFactor = 2;

/**
 * Times to train from published results, between half the smallest and twice the largest published number of
 * accelerators; of an accelerator without results of the benchmark, within the numbers of all results.
 */
export function publishedTimeSource(planning: PublishedPlanning): TimeSource {
  const { predictor } = planning;
  const all = [...predictor.countRanges.values()];
  const overall = {
    smallest: Math.min(...all.map(({ smallest }) => smallest)),
    largest: Math.max(...all.map(({ largest }) => largest)),
  };
  return (accelerator, count) => {
    const own = predictor.countRanges.get(accelerator.name);
    const range =
      own === undefined
        ? overall
        : {
            smallest: own.smallest / extrapolationFactor,
            largest: own.largest * extrapolationFactor,
          };
    if (count < range.smallest || count > range.largest)
      return {
        kind: "none",
        reason: "not-offered",
        text: `published results use ${rangeText(own ?? overall)} accelerators`,
      };
    return estimate(accelerator, count, planning);
  };
}

function estimate(
  accelerator: Accelerator,
  count: number,
  { predictor, year, seedLogSpread }: PublishedPlanning,
): EstimateAnswer {
  const system = { accelerator: accelerator.name, acceleratorCount: count, year };
  const found = predictor.predict(system);
  if (found === undefined)
    return { kind: "none", reason: "no-rate", text: "no known arithmetic peak" };
  const isTransferred = !predictor.countRanges.has(accelerator.name);
  if (isTransferred && found.logSpread > largestTransferSpread)
    return {
      kind: "none",
      reason: "no-rate",
      text: "no published result of it, and none that is close enough to transfer",
    };
  return {
    kind: "estimates",
    estimates: [
      {
        basis: "published",
        trainMs: found.timeMs,
        timeLogSpread: found.logSpread,
        seedLogSpread,
        layout: layoutNear(predictor.rows, accelerator.name, count),
        isTransferred,
        limitedBy: "scaling",
        evidence: evidenceOf(found),
        detail: () => {
          const doubled = predictor.predict({ ...system, acceleratorCount: 2 * count });
          const gain = found.timeMs / (doubled?.timeMs ?? found.timeMs);
          return { limitedBy: `scaling: twice as many gain ${formatSignificant(gain, 3)}x` };
        },
      },
    ],
  };
}

function evidenceOf({ nearest }: PublishedPrediction) {
  const { row, sameAccelerator, distance } = nearest;
  const minutes = formatDuration(row.scoreMs);
  const transfer = sameAccelerator ? "" : ", transferred to another accelerator";
  return {
    text: `${row.round} ${row.submitter}: ${row.acceleratorCount} x ${row.accelerator} in ${minutes}${transfer}`,
    source: row.source,
    distance,
  };
}

/** The layout of the published result with a known batch size that is closest in count, the same accelerator first. */
function layoutNear(rows: readonly TimedRow[], accelerator: string, count: number): PlannedLayout {
  let best: { row: TimedRow; distance: number } | undefined;
  for (const row of rows) {
    if (row.globalBatchSize === undefined) continue;
    const distance =
      Math.abs(Math.log2(row.acceleratorCount / count)) + (row.accelerator === accelerator ? 0 : 2);
    if (best === undefined || distance < best.distance) best = { row, distance };
  }
  if (best === undefined) return { source: "no published layout" };
  const { row } = best;
  const isSameCount = row.acceleratorCount === count;
  return {
    globalBatch: Number.isInteger(row.globalBatchSize) ? row.globalBatchSize : undefined,
    ...(isSameCount
      ? {
          tp: row.tensorParallel,
          pp: row.pipelineParallel,
          cp: row.contextParallel,
          ep: row.expertParallel,
        }
      : {}),
    precision: precisionNamed(row.precision),
    source: isSameCount ? row.rowId : `batch size of ${row.rowId}`,
  };
}

function rangeText({ smallest, largest }: { smallest: number; largest: number }): string {
  return smallest === largest ? String(smallest) : `${smallest} to ${largest}`;
}
