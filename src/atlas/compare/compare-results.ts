import type { CompatibilityGroup } from "../../schema/atlas/answers/compatibility.ts";
import {
  type CompareSubject,
  type CompareWarning,
  type Comparison,
  type CurveAxis,
  type Difference,
  type DifferenceField,
  differenceFields,
  type PairComparison,
} from "../../schema/atlas/answers/comparison.ts";
import type { Availability } from "../../schema/atlas/results/result-row.ts";
import { alignCurves } from "./align-curves.ts";
import { breakEvenOf } from "./break-even.ts";
import { labelOf, valueOf } from "../rows/measures.ts";
import { samplesPerSecond } from "../rows/rates.ts";
import { refusalsOf } from "./may-compare.ts";
import { splitRatio } from "./split-ratio.ts";
import { testRunTimes } from "./test-run-times.ts";

/**
 * Compares results: differing fields, statistical significance of run times, and the factors of the time ratio from the
 * first to each other one. `refusals` lists why they may not be compared; the other fields are always set.
 *
 * @param axis the axis on which curves are aligned
 */
export function compareResults(
  subjects: readonly CompareSubject[],
  groups: readonly CompatibilityGroup[],
  axis: CurveAxis = "clock",
): Comparison {
  const [first, ...others] = subjects;
  return {
    subjects,
    refusals: refusalsOf(subjects, groups),
    warnings: warningsOf(subjects),
    differences: differencesOf(subjects),
    pairs: first === undefined ? [] : others.map((other) => comparePair(first, other)),
    curves: alignCurves(subjects, axis),
  };
}

function comparePair(from: CompareSubject, to: CompareSubject): PairComparison {
  const breakEven = breakEvenOf(from.measured, to.measured);
  return {
    from: from.name,
    to: to.name,
    split: splitRatio(from.measured.row, to.measured.row),
    test: testRunTimes(from.runs, to.runs),
    ...(breakEven === undefined ? {} : { breakEven }),
  };
}

/** Availabilities that can be rented or bought today. */
const canBeHad: ReadonlySet<string> = new Set<Availability>(["cloud", "on-premise"]);

function warningsOf(subjects: readonly CompareSubject[]): CompareWarning[] {
  const rows = subjects.map(({ measured }) => measured.row);
  const divisions = distinct(rows.map(({ division }) => division));
  const availabilities = distinct(rows.map(({ availability }) => availability));
  const ownCount = rows.filter(({ suite }) => suite === "own").length;
  const energyLabels = subjects.map(({ measured }) => labelOf(measured.figures, "kwh"));
  const costLabels = subjects.map(({ measured }) => labelOf(measured.figures, "dollar"));
  const warnings: CompareWarning[] = [];
  if (divisions.length > 1) warnings.push({ kind: "divisions-mixed", values: divisions });
  const [isAvailable, isUnavailable] = [true, false].map((has) =>
    availabilities.some((one) => canBeHad.has(one) === has),
  );
  if (isAvailable === true && isUnavailable === true)
    warnings.push({ kind: "availabilities-mixed", values: availabilities });
  if (ownCount > 0 && ownCount < rows.length) warnings.push({ kind: "own-beside-published" });
  if (distinct(energyLabels).length > 1) warnings.push({ kind: "energy-labels-mixed" });
  if (distinct(costLabels).length > 1) warnings.push({ kind: "cost-labels-mixed" });
  const middleRuns = subjects.filter(({ measured }) => measured.row.scoreKind === "middle-run");
  if (middleRuns.length > 0)
    warnings.push({
      kind: "middle-runs",
      names: middleRuns.map(({ name }) => name),
      isMixed: middleRuns.length < subjects.length,
    });
  for (const { name, measured } of subjects)
    if (measured.row.scoreMs === undefined) warnings.push({ kind: "no-score", name });
  return warnings;
}

function distinct(values: readonly (string | undefined)[]): string[] {
  return [...new Set(values.filter((value) => value !== undefined))];
}

/** A middle run is always shown, because it is not a score. */
function differencesOf(subjects: readonly CompareSubject[]): Difference[] {
  return fieldsOf(subjects).filter(
    ({ field, values }) =>
      new Set(values).size > 1 || (field === "scoreKind" && values.includes("middle-run")),
  );
}

/** All comparable fields, whether or not they differ; fields without a value for any subject are omitted. */
export function fieldsOf(subjects: readonly CompareSubject[]): Difference[] {
  return differenceFields
    .map((field) => ({ field, values: subjects.map((subject) => valuesByField[field](subject)) }))
    .filter(({ values }) => values.some((value) => value !== undefined));
}

type Value = string | number | undefined;

const ofRow =
  (read: (row: CompareSubject["measured"]["row"]) => Value) =>
  ({ measured }: CompareSubject): Value =>
    read(measured.row);

const valuesByField: Readonly<Record<DifferenceField, (subject: CompareSubject) => Value>> = {
  benchmark: ofRow((row) => row.benchmark),
  round: ofRow((row) => row.round),
  division: ofRow((row) => row.division),
  availability: ofRow((row) => row.availability),
  submitter: ofRow((row) => row.submitter),
  system: ofRow((row) => row.systemName ?? row.system),
  target: ({ target }) => target,
  nodes: ofRow((row) => row.nodeCount),
  accelerators: ofRow((row) => row.acceleratorCount),
  accelerator: ofRow((row) => row.accelerator ?? row.acceleratorAsPublished),
  framework: ofRow((row) => row.framework),
  globalBatchSize: ofRow((row) => row.globalBatchSize),
  precision: ofRow((row) => row.precision),
  tensorParallel: ofRow((row) => row.tensorParallel),
  pipelineParallel: ofRow((row) => row.pipelineParallel),
  contextParallel: ofRow((row) => row.contextParallel),
  expertParallel: ofRow((row) => row.expertParallel),
  runs: ofRow((row) => row.runCount),
  convergedRuns: ofRow((row) => row.convergedRunCount),
  scoreMs: ofRow((row) => row.scoreMs),
  scoreKind: ofRow((row) => row.scoreKind),
  fastestMs: ofRow((row) => row.fastestMs),
  medianMs: ofRow((row) => row.medianMs),
  slowestMs: ofRow((row) => row.slowestMs),
  scalingFactor: ofRow((row) => row.scalingFactor),
  samplesToConverge: ofRow((row) => row.samplesToConverge),
  samplesUnit: ofRow((row) => row.samplesUnit),
  samplesPerSecond: ofRow(samplesPerSecond),
  samplesPerAcceleratorSecond: ofRow((row) => {
    const rate = samplesPerSecond(row);
    if (rate === undefined || row.acceleratorCount === undefined) return undefined;
    return rate / row.acceleratorCount;
  }),
  acceleratorMs: ({ measured }) => valueOf(measured.figures, "chip"),
  costUsd: ({ measured }) => valueOf(measured.figures, "dollar"),
  costLabel: ({ measured }) => labelOf(measured.figures, "dollar"),
  energyJoules: ({ measured }) => valueOf(measured.figures, "kwh"),
  energyLabel: ({ measured }) => labelOf(measured.figures, "kwh"),
};
