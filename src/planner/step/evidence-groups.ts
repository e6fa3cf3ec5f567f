import { groupBy } from "../../foundation/collections/group-by.ts";
import type { StepEvidence } from "../../schema/plan/calibration.ts";
import { modelSize } from "./evidence-features.ts";

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
export interface DistantGroup {
  group: EvidenceGroup;
  base: number;
}

const ordered = new WeakMap<readonly StepEvidence[], Map<string, readonly DistantGroup[]>>();

/** Groups by rising distance of their scope; the same list for the same scope. */
export function groupsByDistance(
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

export function scopeKey({ generation, accelerator, precision, stack }: EvidenceQuery): string {
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
export function firstAtLeast(rising: Float64Array, least: number): number {
  let low = 0;
  let high = rising.length;
  while (low < high) {
    const middle = (low + high) >>> 1;
    if ((rising[middle] ?? 0) < least) low = middle + 1;
    else high = middle;
  }
  return low;
}

export function scopeDistance(query: EvidenceQuery, scope: EvidenceQuery): number {
  return (
    (scope.generation === query.generation ? 0 : foreign.generation) +
    (scope.accelerator === query.accelerator ? 0 : foreign.accelerator) +
    (scope.precision === query.precision ? 0 : foreign.precision) +
    (scope.stack === query.stack ? 0 : foreign.stack)
  );
}

/** Sum of the differences of features that start at `start`; stops counting at `limit`. */
export function distanceFrom(
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
