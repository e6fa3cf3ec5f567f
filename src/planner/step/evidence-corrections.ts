import type { StepEvidence } from "../../schema/plan/calibration.ts";
import { modelSize, openCount, type OpenFeatures, sharedFeatures } from "./evidence-features.ts";
import {
  type DistantGroup,
  distanceFrom,
  type EvidenceQuery,
  firstAtLeast,
  groupsByDistance,
  scopeKey,
} from "./evidence-groups.ts";

/** Distance at which the error of a prediction still tells e^-1 of that of another. */
export const correlationDistance = 2;

/** Beyond this, an error tells nothing. */
const farthest = 12;

/** Factor on the step time that the constants give; 1 far from every measurement. */
export function correctionNear(
  query: EvidenceQuery,
  measurements: readonly StepEvidence[],
): number {
  const [vp = 0, microBatch = 0, recompute = 0] = query.features.slice(-openCount);
  return correctionsNear(query, measurements)([vp, microBatch, recompute]);
}

/**
 * The correction of layouts that differ in what they leave open alone, with one search for all of them: a Gaussian process
 * on the logarithm of measured over predicted steps, with an exponential kernel of the distance (Rasmussen and Williams
 * 2006, section 2.2). `npm run calibrate` solves for the weights of the measurements.
 *
 * @param query of one of the layouts
 */
export function correctionsNear(
  query: EvidenceQuery,
  measurements: readonly StepEvidence[],
): (open: OpenFeatures) => number {
  const near = evidenceWithin(query, measurements);
  return ([vp, microBatch, recompute]) => {
    let logCorrection = 0;
    for (let at = 0; at < near.length; at += nearFields) {
      const distance =
        (near[at + 1] ?? 0) +
        Math.abs(vp - (near[at + 2] ?? 0)) +
        Math.abs(microBatch - (near[at + 3] ?? 0)) +
        Math.abs(recompute - (near[at + 4] ?? 0));
      if (distance < farthest) logCorrection += (near[at] ?? 0) * correlation(distance);
    }
    return Math.exp(logCorrection);
  };
}

/** Distances are sums of numbers with two decimals, so that the same ones come up again and again. */
const slots = 2048;
const slotDistances = new Float64Array(slots).fill(Number.NaN);
const slotValues = new Float64Array(slots);

/** The kernel at a distance, from a table that keeps the last distance of each hundredth. */
function correlation(distance: number): number {
  const slot = Math.min(slots - 1, Math.round(100 * distance));
  if (slotDistances[slot] === distance) return slotValues[slot] ?? 0;
  const value = Math.exp(-distance / correlationDistance);
  slotDistances[slot] = distance;
  slotValues[slot] = value;
  return value;
}

const nearFields = 2 + openCount;

/**
 * Measurements that may correct a layout which agrees with the query in all that is not open: for each its weight, its
 * distance apart from the open features, and these. Numbers in a row, because objects would take longer than the search.
 */
function evidenceWithin(query: EvidenceQuery, measurements: readonly StepEvidence[]): number[] {
  const width = query.features.length;
  const closed = query.features.slice(0, -openCount);
  const found: number[] = [];
  for (const { base, group, at } of neighboursOf(query, closed, measurements)) {
    const reach = farthest - base;
    const start = at * width;
    const others = distanceFrom(closed, group.features, start, reach);
    if (others >= reach) continue;
    found.push(group.entries[at]?.weight ?? 0, base + others);
    for (let each = start + closed.length; each < start + width; each++)
      found.push(group.features[each] ?? 0);
  }
  return found;
}

/** A measurement of a model so close that its error may tell something, whatever the layout. */
interface Neighbour extends DistantGroup {
  at: number;
}

/** So that rounding does not leave out a measurement at the very end of the reach. */
const roundingSlack = 1e-9;

const neighbours = new WeakMap<readonly StepEvidence[], Map<string, readonly Neighbour[]>>();

/** More lists than this are not kept. */
const mostLists = 200;

/** Measurements that the shared features alone do not put beyond reach; the same list for the same of these. */
function neighboursOf(
  query: EvidenceQuery,
  closed: readonly number[],
  measurements: readonly StepEvidence[],
): readonly Neighbour[] {
  let known = neighbours.get(measurements);
  if (known === undefined) neighbours.set(measurements, (known = new Map()));
  let key = scopeKey(query);
  for (const index of sharedFeatures) key += ` ${closed[index] ?? 0}`;
  let found = known.get(key);
  if (found === undefined) {
    if (known.size >= mostLists) known.clear();
    known.set(key, (found = findNeighbours(query, closed, measurements)));
  }
  return found;
}

function findNeighbours(
  query: EvidenceQuery,
  closed: readonly number[],
  measurements: readonly StepEvidence[],
): readonly Neighbour[] {
  const size = query.features[modelSize] ?? 0;
  const width = query.features.length;
  const found: Neighbour[] = [];
  for (const { base, group } of groupsByDistance(query, measurements)) {
    const reach = farthest - base;
    if (reach <= 0) break;
    const { sizes, features } = group;
    for (let at = firstAtLeast(sizes, size - reach); at < sizes.length; at++) {
      if ((sizes[at] ?? 0) - size >= reach) break;
      let least = 0;
      for (const index of sharedFeatures) {
        if (index < closed.length)
          least += Math.abs((closed[index] ?? 0) - (features[at * width + index] ?? 0));
      }
      if (least < reach + roundingSlack) found.push({ base, group, at });
    }
  }
  return found;
}
