import { groupBy } from "../../foundation/group-by.ts";
import type { StepEvidence } from "../../schema/plan/calibration.ts";
import type { StepPrediction } from "../../schema/plan/step-prediction.ts";
import type { TransformerSizes } from "./transformer-sizes.ts";
import type { WholeLayout } from "./prepare-step.ts";

/** What a measurement is compared by, besides `features`. */
export interface EvidenceQuery {
  generation: string;
  accelerator: string;
  precision: string;
  stack: string;
  features: readonly number[];
}

/** What a foreign generation, accelerator, precision or stack adds to a distance. */
const foreign = { generation: 8, accelerator: 1, precision: 1, stack: 4 };

/** What a year between two versions of software adds to a distance. */
const softwareYear = 4;

/**
 * Binary logarithms of the sizes of model and layout, times what a factor of two adds to a distance, and the age of the
 * software; to two decimals. Another model is far, another number of accelerators is near.
 */
export function evidenceFeatures(
  sizes: TransformerSizes,
  layout: WholeLayout,
  count: number,
): number[] {
  const { sharding, software } = layout;
  const features = [
    0.3 * Math.log2(count),
    12 * Math.log2(sizes.parameters.total),
    Math.log2(sizes.seq),
    6 * Math.log2(sizes.experts + 1),
    0.5 * Math.log2(layout.tp),
    0.5 * Math.log2(layout.pp),
    0.5 * Math.log2(layout.cp),
    0.5 * Math.log2(layout.ep),
    0.15 * Math.log2(layout.globalBatch),
    sharding === "fsdp" || sharding === "zero3" ? 1 : 0,
    layout.adapter === undefined ? 0 : 8,
    softwareYear * (Number(software.slice(0, 4)) + Number(software.slice(5, 7)) / 12),
  ];
  return [...features.map(rounded), ...openFeatures(layout)];
}

/** Features of what a layout may leave open, the last ones of all. */
export type OpenFeatures = readonly [vp: number, microBatch: number, recompute: number];

const openCount = 3;

export function openFeatures({
  vp,
  microBatch,
  recompute,
}: Pick<WholeLayout, "vp" | "microBatch" | "recompute">): OpenFeatures {
  return [
    rounded(0.3 * Math.log2(vp)),
    rounded(0.5 * Math.log2(microBatch)),
    recompute === "full" ? 1 : 0,
  ];
}

function rounded(value: number): number {
  return Math.round(100 * value) / 100;
}

/** The position of the model's size in the features, and of its experts. */
const modelSize = 1;
const modelExperts = 3;

/** Distance at which the error of a prediction still tells e^-1 of that of another. */
export const correlationDistance = 2;

/** Beyond this, an error tells nothing. */
const farthest = 12;

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
      if (distance < farthest)
        logCorrection += (near[at] ?? 0) * Math.exp(-distance / correlationDistance);
    }
    return Math.exp(logCorrection);
  };
}

const nearFields = 2 + openCount;

/**
 * Measurements that may correct a layout which agrees with the query in all that is not open: for each its weight, its
 * distance apart from the open features, and these. Numbers in a row, because objects would take longer than the search.
 */
function evidenceWithin(query: EvidenceQuery, measurements: readonly StepEvidence[]): number[] {
  const size = query.features[modelSize] ?? 0;
  const closed = query.features.slice(0, -openCount);
  const found: number[] = [];
  for (const { base, group } of groupsByDistance(query, measurements)) {
    const reach = farthest - base;
    if (reach <= 0) break;
    const { sizes, features, entries } = group;
    for (let at = firstAtLeast(sizes, size - reach); at < sizes.length; at++) {
      if ((sizes[at] ?? 0) - size >= reach) break;
      const start = at * query.features.length;
      const others = distanceFrom(closed, features, start, reach);
      if (others >= reach) continue;
      found.push(entries[at]?.weight ?? 0, base + others);
      for (let each = start + closed.length; each < start + query.features.length; each++)
        found.push(features[each] ?? 0);
    }
  }
  return found;
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

/** Measurements of one scope, which are equally far from a query before sizes are compared. */
interface EvidenceGroup {
  scope: StepEvidence;
  /** By rising size of the model. */
  entries: readonly StepEvidence[];
  /** Of their models. */
  sizes: Float64Array;
  /** Of all entries, one after another. */
  features: Float64Array;
}

/** A group, and how far its scope is from that of a query. */
interface DistantGroup {
  group: EvidenceGroup;
  base: number;
}

const ordered = new WeakMap<readonly StepEvidence[], Map<string, readonly DistantGroup[]>>();

/** Groups by rising distance of their scope; the same list for the same scope. */
function groupsByDistance(
  query: EvidenceQuery,
  measurements: readonly StepEvidence[],
): readonly DistantGroup[] {
  let known = ordered.get(measurements);
  if (known === undefined) ordered.set(measurements, (known = new Map()));
  const key = scopeKey(query);
  let groups = known.get(key);
  if (groups === undefined) {
    groups = groupsOf(measurements)
      .map((group) => ({ group, base: scopeDistance(query, group.scope) }))
      .toSorted((a, b) => a.base - b.base);
    known.set(key, groups);
  }
  return groups;
}

function scopeKey({ generation, accelerator, precision, stack }: EvidenceQuery): string {
  return `${generation} ${accelerator} ${precision} ${stack}`;
}

const grouped = new WeakMap<readonly StepEvidence[], EvidenceGroup[]>();

function groupsOf(measurements: readonly StepEvidence[]): EvidenceGroup[] {
  const known = grouped.get(measurements);
  if (known !== undefined) return known;
  const groups = groupBy(measurements, scopeKey);
  const all = [...groups.values()].flatMap((unsorted) => {
    const entries = unsorted.toSorted((a, b) => sizeOfModel(a) - sizeOfModel(b));
    const [scope] = entries;
    const sizes = Float64Array.from(entries, sizeOfModel);
    const features = Float64Array.from(entries.flatMap((entry) => entry.features));
    return scope === undefined ? [] : [{ scope, entries, sizes, features }];
  });
  grouped.set(measurements, all);
  return all;
}

function sizeOfModel({ features }: StepEvidence): number {
  return features[modelSize] ?? 0;
}

/** Index of the first of rising numbers that is at least `least`. */
function firstAtLeast(rising: Float64Array, least: number): number {
  let low = 0;
  let high = rising.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((rising[middle] ?? 0) < least) low = middle + 1;
    else high = middle;
  }
  return low;
}

function scopeDistance(query: EvidenceQuery, scope: EvidenceQuery): number {
  return (
    (scope.generation === query.generation ? 0 : foreign.generation) +
    (scope.accelerator === query.accelerator ? 0 : foreign.accelerator) +
    (scope.precision === query.precision ? 0 : foreign.precision) +
    (scope.stack === query.stack ? 0 : foreign.stack)
  );
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

function distanceFrom(
  wanted: readonly number[],
  features: Float64Array,
  start: number,
  limit: number,
): number {
  let distance = 0;
  for (let index = 0; index < wanted.length && distance < limit; index++)
    distance += Math.abs((wanted[index] ?? 0) - (features[start + index] ?? 0));
  return distance;
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
