import type { Accelerator } from "../../schema/catalogue.ts";
import type { StepPrediction } from "../../schema/plan/step-prediction.ts";
import type { TrainingLayout } from "../../schema/plan/training-layout.ts";
import { deviationsOf80Percent } from "../odds/deviations.ts";
import { acceleratorGeneration } from "../step/accelerator-generation.ts";
import { predictStep, type StepData } from "../step/predict-step.ts";
import { layoutCandidates, type KnownLayout, type LayoutSetting } from "./layout-candidates.ts";

/** A layout that explains a training, and how sure that is. */
export interface InferredLayout {
  layout: TrainingLayout;
  prediction: StepPrediction;
  /** Layouts that agree with what is known and fit. */
  triedCount: number;
  /** Other layouts that are at least half as likely. */
  alternatives: readonly TrainingLayout[];
  /** What was known, but had to be ignored because no layout agrees with it. */
  ignored: readonly (keyof KnownLayout)[];
}

interface Weighed {
  layout: TrainingLayout;
  prediction: StepPrediction;
  /** Negative logarithm of the likelihood, up to a constant. */
  cost: number;
}

/** What speaks for a layout. */
export interface LayoutEvidence {
  /** Measured; undefined if the log does not show it. */
  stepMs: number | undefined;
  published: readonly PublishedSplit[];
  data: StepData;
}

/**
 * What speaks against a layout, in logarithms of its odds: each factor of 2 between it and the nearest published
 * measurement, and each doubling of the micro batch. With them, and with the published splits of other rounds, five of
 * six splits of MLPerf trainings whose launch configuration is known are found (`tests/planner/review-layouts`).
 */
const costs = { perDistance: 2, perMicroBatchDoubling: 1 };

/** People tune layouts: one that is slower than the fastest by this factor is less likely by a factor of e. */
const tuningScale = Math.log(1.15);

/**
 * How far step times of one layout at different sites lie apart, as a standard deviation of the natural logarithm: chosen
 * so that the splits of published trainings are among the alternatives. Predictions near a published measurement claim less.
 */
const trainingDeviation = 0.11;

/** A split of the same model that was published, and on what it ran. */
export interface PublishedSplit {
  tp: number;
  pp: number;
  cp: number;
  /** In the catalog; undefined if it is not listed. */
  accelerator: Accelerator | undefined;
}

/** Half as likely as the best. */
const alternativeCost = Math.LN2;

/**
 * Finds the layout of a training: of those that divide and fit, the one whose predicted step time is nearest to the
 * measured one, in deviations of the prediction. Slow layouts count as less likely, since trainings are tuned before they
 * run. Without a measured step time, the fastest.
 *
 * @param stepMs measured
 */
export function inferLayout(
  known: KnownLayout,
  setting: LayoutSetting,
  evidence: LayoutEvidence,
): InferredLayout | undefined {
  for (const ignored of relaxations(known)) {
    const kept = { ...known };
    for (const field of ignored) kept[field] = undefined;
    const weighed = weighedOf(kept, setting, evidence);
    const [best, ...others] = weighed;
    if (best === undefined) continue;
    return {
      layout: best.layout,
      prediction: best.prediction,
      triedCount: weighed.length,
      alternatives: others
        .filter(({ cost }) => cost - best.cost <= alternativeCost)
        .map(({ layout }) => layout),
      ignored,
    };
  }
  return undefined;
}

/** Logged numbers of passes are sometimes those of another program: without a layout for them, they are left out. */
function* relaxations(known: KnownLayout): Generator<("accumulation" | "microBatch")[]> {
  yield [];
  if (known.accumulation !== undefined) yield ["accumulation"];
  if (known.accumulation !== undefined && known.microBatch !== undefined)
    yield ["accumulation", "microBatch"];
}

/** From the most likely to the least; layouts that do not fit only if none does. */
function weighedOf(
  known: KnownLayout,
  setting: LayoutSetting,
  { stepMs, data, published }: LayoutEvidence,
): Weighed[] {
  const { shape, accelerator, count, perNode } = setting;
  const hardware = {
    known: accelerator,
    accelerator: accelerator.name,
    count,
    ...(perNode === undefined ? {} : { perNode }),
  };
  const answers: { layout: TrainingLayout; prediction: StepPrediction }[] = [];
  for (const layout of layoutCandidates(known, setting)) {
    const prediction = predictStep(shape, hardware, layout, data);
    if (prediction.kind === "predicted") answers.push({ layout, prediction });
  }
  const fitting = answers.filter(({ prediction }) => prediction.fits);
  const used = fitting.length > 0 ? fitting : answers;
  const shareOf = publishedShares(
    published,
    accelerator,
    used.map(({ layout }) => layout),
  );
  const fastestMs = Math.min(...used.map(({ prediction }) => prediction.stepTimeMs));
  return used
    .map(({ layout, prediction }) => ({
      layout,
      prediction,
      cost:
        costOf(prediction, { stepMs, fastestMs }) -
        Math.log(shareOf(layout)) +
        costs.perDistance * (prediction.evidence?.distance ?? 0) +
        costs.perMicroBatchDoubling * Math.log2(layout.microBatch ?? 1),
    }))
    .toSorted((a, b) => a.cost - b.cost);
}

function costOf(
  { stepTimeMs, intervalMs }: StepPrediction,
  { stepMs, fastestMs }: { stepMs: number | undefined; fastestMs: number },
): number {
  const slowness = Math.log(stepTimeMs / fastestMs) / tuningScale;
  if (stepMs === undefined) return slowness;
  const ofPrediction = Math.log(intervalMs.high / intervalMs.low) / (2 * deviationsOf80Percent);
  const deviation = Math.max(trainingDeviation, ofPrediction);
  return (Math.log(stepMs / stepTimeMs) / deviation) ** 2 / 2 + slowness;
}

/** What a published split on another accelerator of the same generation, and of another one, counts. */
const likeness = { generation: 0.3, other: 0.1 };
/** What every split counts, published or not. */
const unpublished = 0.1;

/**
 * How large a share of the published trainings that split a model over as many accelerators chose the split of a layout.
 */
function publishedShares(
  published: readonly PublishedSplit[],
  accelerator: Accelerator,
  layouts: readonly TrainingLayout[],
): (layout: TrainingLayout) => number {
  const weights = new Map<string, number>();
  for (const layout of layouts) weights.set(splitKey(layout), unpublished);
  for (const split of published) {
    const known = weights.get(splitKey(split));
    if (known !== undefined)
      weights.set(splitKey(split), known + likenessOf(split.accelerator, accelerator));
  }
  const totals = new Map<number, number>();
  for (const [key, weight] of weights) {
    const size = sizeOf(key);
    totals.set(size, (totals.get(size) ?? 0) + weight);
  }
  return (layout) => {
    const key = splitKey(layout);
    return (weights.get(key) ?? unpublished) / (totals.get(sizeOf(key)) ?? 1);
  };
}

function likenessOf(one: Accelerator | undefined, other: Accelerator): number {
  if (one === undefined) return likeness.other;
  if (one.name === other.name) return 1;
  const isSame = acceleratorGeneration(one).name === acceleratorGeneration(other).name;
  return isSame ? likeness.generation : likeness.other;
}

function splitKey({ tp, pp, cp }: { tp: number; pp: number; cp: number }): string {
  return `${tp} ${pp} ${cp}`;
}

/** Accelerators that a split divides a model over. */
function sizeOf(key: string): number {
  return key.split(" ").reduce((product, degree) => product * Number(degree), 1);
}
