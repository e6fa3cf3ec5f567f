import type { StepEvidence } from "../../schema/plan/calibration.ts";

/** Positions in `evidenceFeatures`. */
const feature = {
  count: 0,
  tp: 4,
  pp: 5,
  cp: 6,
  ep: 7,
  vp: 8,
  microBatch: 9,
  globalBatch: 10,
  recompute: 11,
} as const;

/** What two measurements of one model on one kind of accelerator differ in. */
export const comparedBy = {
  layout: [feature.tp, feature.pp, feature.cp, feature.ep, feature.vp],
  microBatch: [feature.microBatch],
  recompute: [feature.recompute],
  batch: [feature.globalBatch],
  count: [feature.count],
  precision: [],
} as const satisfies Record<string, readonly number[]>;
export type Compared = keyof typeof comparedBy;

/** With fewer pairs, the deviation of pairs that differ in the layout is used. */
const minimumPairs = 20;
const knownDeviations = new WeakMap<readonly StepEvidence[], Map<Compared, number>>();

/**
 * How far the predicted ratio of two step times is off: the standard deviation of the natural logarithm of its error, over
 * all pairs of published measurements that differ only in `compared`, each predicted without its model in the fit.
 */
export function ratioDeviation(compared: Compared, evidence: readonly StepEvidence[]): number {
  const known = knownDeviations.get(evidence) ?? new Map<Compared, number>();
  knownDeviations.set(evidence, known);
  const found = known.get(compared) ?? deviationOf(compared, evidence);
  known.set(compared, found);
  return found;
}

function deviationOf(compared: Compared, evidence: readonly StepEvidence[]): number {
  const groups = new Map<string, number[]>();
  for (const one of evidence) {
    const { modelLeftOut } = one;
    const key = keyOf(one, compared);
    groups.set(key, [...(groups.get(key) ?? []), Math.log(modelLeftOut)]);
  }
  let pairs = 0;
  let squares = 0;
  for (const logs of groups.values())
    for (const [index, one] of logs.entries())
      for (const other of logs.slice(index + 1)) {
        pairs += 1;
        squares += (one - other) ** 2;
      }
  if (pairs < minimumPairs && compared !== "layout") return ratioDeviation("layout", evidence);
  return Math.sqrt(squares / Math.max(1, pairs));
}

/** Equal for measurements that differ only in what is compared. */
function keyOf(one: StepEvidence, compared: Compared): string {
  const varied: readonly number[] = comparedBy[compared];
  const kept = one.features.filter((_, index) => !varied.includes(index));
  const precision = compared === "precision" ? "" : one.precision;
  return [one.accelerator, precision, one.stack, ...kept].join(" ");
}
