import type { StepEvidence } from "../../schema/plan/calibration.ts";
import type { StepPrediction } from "../../schema/plan/step-prediction.ts";
import { modelExperts, modelSize } from "./evidence-features.ts";
import {
  type DistantGroup,
  distanceFrom,
  type EvidenceQuery,
  firstAtLeast,
  groupsByDistance,
  scopeDistance,
} from "./evidence-groups.ts";

/** The closest measurement; of equally close ones, one of the model whose size is closest. */
export function nearestMeasurement(
  query: EvidenceQuery,
  measurements: readonly StepEvidence[],
): StepPrediction["evidence"] {
  const found: Nearest = { best: undefined, shortest: Number.POSITIVE_INFINITY };
  const size = query.features[modelSize] ?? 0;
  for (const distant of groupsByDistance(query, measurements)) {
    const { base } = distant;
    if (base >= found.shortest) break;
    const { sizes } = distant.group;
    // Most measurements are of models of other sizes, which alone puts them too far away: from the closest size outward.
    const middle = firstAtLeast(sizes, size);
    for (let at = middle; at < sizes.length; at++) {
      if ((sizes[at] ?? 0) - size >= found.shortest - base) break;
      compareEntry(found, query.features, distant, at);
    }
    for (let at = middle - 1; at >= 0; at--) {
      if (size - (sizes[at] ?? 0) >= found.shortest - base) break;
      compareEntry(found, query.features, distant, at);
    }
  }
  const { best, shortest } = found;
  if (best === undefined) return undefined;
  const { id, source, ratio } = best;
  return { measurement: id, source, distance: Math.round(100 * shortest) / 100, ratio };
}

interface Nearest {
  best: StepEvidence | undefined;
  shortest: number;
}

function compareEntry(
  found: Nearest,
  wanted: readonly number[],
  { base, group }: DistantGroup,
  at: number,
): void {
  const distance = base + sizeDistance(wanted, group.features, at, found.shortest - base);
  if (distance >= found.shortest) return;
  found.best = group.entries[at];
  found.shortest = distance;
}

/**
 * Between two measurements, as `nearestMeasurement` counts it.
 *
 * @internal for tests and `npm run calibrate`
 */
export function evidenceDistance(a: EvidenceQuery, b: EvidenceQuery): number {
  const other = Float64Array.from(b.features);
  return scopeDistance(a, b) + sizeDistance(a.features, other, 0, Number.POSITIVE_INFINITY);
}

/** Distance of the closest measurement, without the sizes of the models: how well its setting was measured. */
export function nearestSetting(
  query: EvidenceQuery,
  measurements: readonly StepEvidence[],
): number {
  let shortest = Number.POSITIVE_INFINITY;
  for (const { base, group } of groupsByDistance(query, measurements)) {
    if (base >= shortest) break;
    for (let at = 0; at < group.sizes.length; at++) {
      const others = settingDistance(query.features, group.features, at, shortest - base);
      shortest = Math.min(shortest, base + others);
    }
  }
  return shortest;
}

/**
 * Between two measurements, as `nearestSetting` counts it.
 *
 * @internal for tests and `npm run calibrate`
 */
export function evidenceSettingDistance(a: EvidenceQuery, b: EvidenceQuery): number {
  const other = Float64Array.from(b.features);
  return scopeDistance(a, b) + settingDistance(a.features, other, 0, Number.POSITIVE_INFINITY);
}

/** Features of scale: the number of accelerators, and the batch, which grows with it. */
const scaleFeatures: ReadonlySet<number> = new Set([0, 8]);

/** Distance of the closest measurement that differs in its scale alone; infinite without one. */
export function nearestScale(query: EvidenceQuery, measurements: readonly StepEvidence[]): number {
  const size = query.features[modelSize] ?? 0;
  let shortest = Number.POSITIVE_INFINITY;
  for (const { base, group } of groupsByDistance(query, measurements)) {
    if (base > 0) break;
    for (let at = firstAtLeast(group.sizes, size); (group.sizes[at] ?? size + 1) === size; at++)
      shortest = Math.min(shortest, scaleDistance(query.features, group.entries[at]));
  }
  return shortest;
}

/**
 * Between two measurements, as `nearestScale` counts it.
 *
 * @internal for tests and `npm run calibrate`
 */
export function evidenceScaleDistance(a: EvidenceQuery, b: EvidenceQuery): number {
  return scopeDistance(a, b) > 0 ? Number.POSITIVE_INFINITY : scaleDistance(a.features, b);
}

function scaleDistance(
  wanted: readonly number[],
  other: Pick<EvidenceQuery, "features"> | undefined,
): number {
  let distance = 0;
  for (const [index, value] of wanted.entries()) {
    const difference = Math.abs(value - (other?.features[index] ?? Number.POSITIVE_INFINITY));
    if (difference > 0 && !scaleFeatures.has(index)) return Number.POSITIVE_INFINITY;
    distance += difference;
  }
  return distance;
}

/** Sum of the differences of the features of one entry; stops counting at `limit`. */
function sizeDistance(
  wanted: readonly number[],
  features: Float64Array,
  entry: number,
  limit: number,
): number {
  return distanceFrom(wanted, features, entry * wanted.length, limit);
}

/** Like `sizeDistance`, without the sizes of the models. */
function settingDistance(
  wanted: readonly number[],
  features: Float64Array,
  entry: number,
  limit: number,
): number {
  const start = entry * wanted.length;
  let distance = 0;
  for (let index = 0; index < wanted.length && distance < limit; index++) {
    if (index === modelSize || index === modelExperts) continue;
    distance += Math.abs((wanted[index] ?? 0) - (features[start + index] ?? 0));
  }
  return distance;
}
