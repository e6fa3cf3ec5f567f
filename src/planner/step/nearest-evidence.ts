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
  const sized: readonly (readonly [number, number])[] = [
    [count, 0.3],
    [sizes.parameters.total, 12],
    [sizes.seq, 1],
    [sizes.experts + 1, 6],
    [layout.tp, 0.5],
    [layout.pp, 0.5],
    [layout.cp, 0.5],
    [layout.ep, 0.5],
    [layout.vp, 0.3],
    [layout.microBatch, 0.5],
    [layout.globalBatch, 0.15],
    [layout.recompute === "full" ? 2 : 1, 1],
    [layout.sharding === "fsdp" || layout.sharding === "zero3" ? 2 : 1, 1],
    [layout.adapter === undefined ? 1 : 4, 4],
  ];
  const features = sized.map(([value, weight]) => weight * Math.log2(value));
  const [year, month] = [Number(layout.software.slice(0, 4)), Number(layout.software.slice(5, 7))];
  features.push(softwareYear * (year + month / 12));
  return features.map((value) => Math.round(100 * value) / 100);
}

/** The position of the model's size in the features. */
const modelSize = 1;

/** The closest measurement, and the correction that those nearby suggest. */
export interface EvidenceAnswer {
  nearest: StepPrediction["evidence"];
  /** Factor on the step time that the constants give; 1 far from every measurement. */
  correction: number;
}

/** Distance at which the error of a prediction still tells e^-1 of that of another. */
export const correlationDistance = 2;

/** Beyond this, an error tells nothing. */
const farthest = 12;

/**
 * A Gaussian process on the logarithm of measured over predicted steps, with an exponential kernel of the distance
 * (Rasmussen and Williams 2006, section 2.2); `npm run calibrate` solves for the weights of the measurements.
 * Of equally close ones, the first in its scope is the nearest.
 */
export function weighEvidence(
  query: EvidenceQuery,
  measurements: readonly StepEvidence[],
): EvidenceAnswer {
  const wanted = Float64Array.from(query.features);
  const wantedSize = wanted[modelSize] ?? 0;
  let best: StepEvidence | undefined;
  let shortest = Number.POSITIVE_INFINITY;
  let logCorrection = 0;
  for (const { base, group } of groupsByDistance(query, measurements)) {
    if (base >= shortest && base >= farthest) break;
    const { entries } = group;
    for (let at = 0; at < entries.length; at++) {
      const limit = Math.max(shortest, farthest) - base;
      // Most measurements are of models of other sizes, which alone puts them too far away.
      const ofModel = group.features[at * wanted.length + modelSize] ?? 0;
      if (Math.abs(wantedSize - ofModel) >= limit) continue;
      const entry = entries[at];
      const distance = base + sizeDistance(wanted, group.features, at, limit);
      if (entry === undefined) continue;
      if (distance < farthest)
        logCorrection += entry.weight * Math.exp(-distance / correlationDistance);
      if (distance < shortest) {
        best = entry;
        shortest = distance;
      }
    }
  }
  const correction = Math.exp(logCorrection);
  if (best === undefined) return { nearest: undefined, correction };
  const { id, source, ratio } = best;
  return {
    nearest: { measurement: id, source, distance: Math.round(100 * shortest) / 100, ratio },
    correction,
  };
}

/**
 * Between two measurements, as `weighEvidence` counts it.
 *
 * @internal for tests and `npm run calibrate`
 */
export function evidenceDistance(a: EvidenceQuery, b: EvidenceQuery): number {
  const [one, other] = [Float64Array.from(a.features), Float64Array.from(b.features)];
  return scopeDistance(a, b) + sizeDistance(one, other, 0, Number.POSITIVE_INFINITY);
}

/** Measurements of one scope, which are equally far from a query before sizes are compared. */
interface EvidenceGroup {
  scope: StepEvidence;
  entries: readonly StepEvidence[];
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
  const all = [...groups.values()].flatMap((entries) => {
    const [scope] = entries;
    const features = Float64Array.from(entries.flatMap((entry) => entry.features));
    return scope === undefined ? [] : [{ scope, entries, features }];
  });
  grouped.set(measurements, all);
  return all;
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
  wanted: Float64Array,
  features: Float64Array,
  entry: number,
  limit: number,
): number {
  const start = entry * wanted.length;
  let distance = 0;
  for (let index = 0; index < wanted.length && distance < limit; index++)
    distance += Math.abs((wanted[index] ?? 0) - (features[start + index] ?? 0));
  return distance;
}
