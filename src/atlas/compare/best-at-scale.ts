import { groupBy } from "../../foundation/collections/group-by.ts";
import type { BestAtScale, ScaledResult } from "../../schema/atlas/answers/best-at-scale.ts";
import { type Measure, measures, type MeasuredRow } from "../../schema/atlas/answers/figures.ts";
import type { Accelerator } from "../../schema/catalogue.ts";
import { underNewestRules } from "../rounds/newest-rules.ts";
import { valueOf } from "../rows/measures.ts";
import { withoutRepeats } from "../rows/repeated-rows.ts";

/** Sizes from `scale / nearFactor` to `scale * nearFactor` are near a scale. */
const nearFactor = 2;

/**
 * The fastest result of each accelerator vendor at each system size near a scale, and at its largest size.
 *
 * @param rows of one benchmark; only those under their newest rules count, repeated runs once, and neither rows without a score
 *   or a count of accelerators nor weak scaling
 */
export function bestAtScale(
  rows: readonly MeasuredRow[],
  scale: number,
  accelerators: readonly Accelerator[],
): BestAtScale {
  const vendorOf = vendorNames(accelerators);
  const counted = countedRows(rows);
  const near: ScaledResult[] = [];
  const largest: ScaledResult[] = [];
  for (const [vendor, ofVendor] of groupBy(counted, vendorOf)) {
    const bestOfSizes = [...groupBy(ofVendor, ({ row }) => String(sizeOf(row))).values()]
      .flatMap((ofSize) => ofSize.toSorted(fasterFirst).slice(0, 1))
      .toSorted((a, b) => (sizeOf(a.row) ?? 0) - (sizeOf(b.row) ?? 0));
    for (const measured of bestOfSizes)
      if (isNear(sizeOf(measured.row), scale)) near.push({ vendor, measured, bestIn: [] });
    const last = bestOfSizes.at(-1);
    if (last !== undefined) largest.push({ vendor, measured: last, bestIn: [] });
  }
  return { scale, nearFactor, near: withBest(near), largest: withBest(largest) };
}

/** The system size near which most vendors have results, and of several the one with the most results, then the largest. */
export function commonScale(
  rows: readonly MeasuredRow[],
  accelerators: readonly Accelerator[],
): number | undefined {
  const vendorOf = vendorNames(accelerators);
  const counted = countedRows(rows);
  const sizes = new Set(counted.flatMap(({ row }) => sizeOf(row) ?? []));
  const [best] = [...sizes]
    .map((size) => {
      const near = counted.filter(({ row }) => isNear(sizeOf(row), size));
      return { size, vendors: new Set(near.map(vendorOf)).size, results: near.length };
    })
    .toSorted((a, b) => b.vendors - a.vendors || b.results - a.results || b.size - a.size);
  return best?.size;
}

function vendorNames(accelerators: readonly Accelerator[]): (measured: MeasuredRow) => string {
  const vendors = new Map(accelerators.map(({ name, vendor }) => [name, vendor]));
  return ({ row }) =>
    vendors.get(row.accelerator ?? "") ?? `${row.submitter} (unlisted accelerator)`;
}

function countedRows(rows: readonly MeasuredRow[]): readonly MeasuredRow[] {
  const published = withoutRepeats(rows.map(({ row }) => row));
  const isNewest = underNewestRules(published);
  const kept = new Set(published.filter(isNewest));
  return rows.filter(
    ({ row }) =>
      kept.has(row) &&
      row.scoreMs !== undefined &&
      row.scaling !== "weak" &&
      sizeOf(row) !== undefined,
  );
}

/**
 * In order of vendors, then sizes; each with the measures in which no other is better. Figures of several kinds, such as
 * measured and estimated energy, have no best.
 */
function withBest(results: readonly ScaledResult[]): ScaledResult[] {
  const best = measures.filter(hasOneKind(results)).map((measure) => ({
    measure,
    value: Math.min(
      ...results.map(({ measured }) => valueOf(measured.figures, measure) ?? Infinity),
    ),
  }));
  return results
    .map((result) => ({
      ...result,
      bestIn: best
        .filter(({ measure, value }) => valueOf(result.measured.figures, measure) === value)
        .map(({ measure }) => measure),
    }))
    .toSorted((a, b) => Number(a.vendor > b.vendor) - Number(a.vendor < b.vendor));
}

function hasOneKind(results: readonly ScaledResult[]): (measure: Measure) => boolean {
  return (measure) => {
    const figures = results.map(({ measured }) => measured.figures[measure]);
    const labels = figures.map((figure) => (figure.kind === "known" ? figure.label : undefined));
    return new Set(labels.filter((label) => label !== undefined)).size === 1;
  };
}

function sizeOf({ acceleratorCount }: MeasuredRow["row"]): number | undefined {
  return acceleratorCount;
}

function isNear(size: number | undefined, scale: number): boolean {
  return size !== undefined && size * nearFactor >= scale && size <= scale * nearFactor;
}

function fasterFirst(a: MeasuredRow, b: MeasuredRow): number {
  return (a.row.scoreMs ?? 0) - (b.row.scoreMs ?? 0);
}
