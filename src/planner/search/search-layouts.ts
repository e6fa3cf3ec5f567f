import type { Accelerator } from "../../schema/catalogue.ts";
import type { Calibration } from "../../schema/plan/calibration.ts";
import type { TransformerShape } from "../../schema/plan/model-shape.ts";
import { layerCosts } from "../step/layer-costs.ts";
import {
  layerLayoutOf,
  prepareStep,
  spreadLayoutOf,
  type WholeLayout,
} from "../step/prepare-step.ts";
import { layerTotal, type LayerCosts, type StepContext } from "../step/step-context.ts";
import { partCount, stepPartsInto } from "../step/step-time.ts";
import type { LayoutSpace } from "./layout-space.ts";
import {
  exactBytes,
  leastBytes,
  memoryTable,
  type MemoryTable,
  type MemoryTables,
} from "./memory-table.ts";
import {
  dataRanks,
  layerSplits,
  layoutOfTrial,
  stageSplits,
  type LayerSplit,
  type SplitSetting,
  type StageSplit,
  type Trial,
} from "./model-split.ts";
import { leastStepMs, type FloorInputs, type StepFloors } from "./step-floors.ts";

/** A model on an accelerator, of which layouts are searched. */
export interface SearchSetting extends SplitSetting {
  shape: TransformerShape;
  accelerator: Accelerator;
}

export type FoundLayout =
  | { kind: "found"; layout: WholeLayout; stepTimeMs: number; memoryBytes: number }
  /** The least memory of an accelerator that a layout of the space takes. */
  | { kind: "does-not-fit"; leastBytes: number }
  /** No layout of the space divides by the count and the batch size. */
  | { kind: "does-not-divide" };

/** The fastest layout that fits, by number of accelerators and batch size. */
export type LayoutSearch = (count: number, globalBatch: number) => FoundLayout;

/**
 * Searches the layouts of a space by branch and bound; the answer is that of trying all of them.
 *
 * What does not depend on the number of accelerators and the batch is computed once. The layers of a step take at least
 * `globalBatch / count` times a number of each split, so splits are tried in the order of that number until it alone
 * exceeds the fastest step so far, which starts at that of the last answer's layout. Splits whose least memory is too
 * much are skipped; memory is computed only of those that would be the fastest so far.
 *
 * @param memories kept for several searches of one model
 * @throws UserError `peak-unknown`, `network-unknown`
 */
export function layoutSearch(
  setting: SearchSetting,
  space: LayoutSpace,
  { calibration, memories = new Map() }: { calibration: Calibration; memories?: MemoryTables },
): LayoutSearch {
  const context = contextOf(setting, calibration);
  const stages = stageSplits(setting.shape, space);
  const splits = boundedSplits(setting, space, { context, stageCount: stages.length });
  const memory = memoryTable(setting, space, {
    tables: memories,
    splitCount: splits.length * stages.length,
  });
  const parts = new Float64Array(partCount);
  const [layers] = layerSplits(space);
  if (layers === undefined) throw new RangeError("a space without layouts");
  const trial = { layers, stages: noStages, index: 0, dp: 1, count: 1, globalBatch: 1 };
  const run = { setting, context, splits, stages, memory, parts, trial };
  let last: FoundSplit | undefined;
  return (count, globalBatch) => {
    trial.count = count;
    trial.globalBatch = globalBatch;
    const found = fastestThatFits(run, stepTimeOf(run, last));
    last = found.split ?? last;
    return answerOf(found);
  };
}

function contextOf(setting: SearchSetting, calibration: Calibration): StepContext {
  const { shape, accelerator, precision, framework, software, adapter } = setting;
  const hardware = { accelerator: accelerator.name, count: accelerator.scaleUpCount };
  const adapterRank = adapter?.rank ?? 0;
  return prepareStep(
    { shape, accelerator, hardware, precision, framework, software, adapterRank },
    calibration,
  ).context;
}

/** A split of layers with their costs. */
interface BoundedSplit {
  layers: LayerSplit;
  index: number;
  /** Of the layers of one sequence, in milliseconds of one accelerator: a step takes at least its share of it. */
  sequenceMs: number;
  floors: StepFloors;
  inputs: FloorInputs;
}

/** By rising `sequenceMs`. */
function boundedSplits(
  setting: SearchSetting,
  space: LayoutSpace,
  { context, stageCount }: { context: StepContext; stageCount: number },
): readonly BoundedSplit[] {
  return layerSplits(space)
    .map((layers, index) => {
      const { microBatch, tp, cp } = layers;
      const trial = { layers, stages: { pp: 1, vp: 1 }, dp: 1, globalBatch: microBatch };
      const costs = layerCosts(context, layerLayoutOf(layoutOfTrial(trial, setting)));
      const sequenceMs = (leastLayersMs(context, costs) * tp * cp) / microBatch;
      const floors = {
        batchMs: new Float64Array(stageCount),
        stepMs: new Float64Array(stageCount),
      };
      return { layers, index, sequenceMs, floors, inputs: { setting, context, costs } };
    })
    .toSorted((a, b) => a.sequenceMs - b.sequenceMs);
}

/** What all layers of a micro batch take, on however many stages; stages with experts are timed as if all layers had them. */
function leastLayersMs({ sizes, pace }: StepContext, costs: LayerCosts): number {
  const dense = layerTotal(costs.dense);
  const expert = layerTotal(costs.expert);
  const hasBoth = sizes.expertLayers > 0 && sizes.expertLayers < sizes.layers;
  const layer = hasBoth ? Math.min(dense, expert) : sizes.expertLayers > 0 ? expert : dense;
  return pace * (sizes.layers * layer + layerTotal(costs.output) + layerTotal(costs.mtp));
}

interface SearchRun {
  setting: SearchSetting;
  context: StepContext;
  splits: readonly BoundedSplit[];
  stages: readonly StageSplit[];
  memory: MemoryTable;
  parts: Float64Array;
  trial: Trial;
}

/** A split of layers and its pipeline, by position. */
interface FoundSplit {
  split: BoundedSplit;
  at: number;
}

/** What a search knows so far. */
interface Found {
  best: { layout: WholeLayout; memoryBytes: number } | undefined;
  split: FoundSplit | undefined;
  /** Of the best, or what a layout that fits is known to take. */
  stepTimeMs: number;
  /** The least memory of splits that were too large: exactly, and at least. */
  leastBytes: number;
  leastBound: number;
}

/** What the layout of an earlier answer takes on the trial's number of accelerators; infinite if it does not fit. */
function stepTimeOf(
  { setting, context, stages, memory, parts, trial }: SearchRun,
  earlier: FoundSplit | undefined,
): number {
  if (earlier === undefined) return Number.POSITIVE_INFINITY;
  const { split, at } = earlier;
  trial.layers = split.layers;
  trial.stages = stages[at] ?? noStages;
  trial.dp = dataRanks(trial);
  if (trial.dp === 0 || exactBytes(memory, trial) > context.hardware.memoryBytes)
    return Number.POSITIVE_INFINITY;
  const spread = spreadLayoutOf(layoutOfTrial(trial, setting), trial.count);
  return stepPartsInto(parts, context, split.inputs.costs, spread);
}

/** So that a bound does not exclude the layout that it is from, nor others that are as fast. */
const rounding = 1 + 1e-9;

function fastestThatFits(run: SearchRun, knownMs: number): Found {
  const { count, globalBatch } = run.trial;
  const found: Found = {
    best: undefined,
    split: undefined,
    stepTimeMs: knownMs * rounding,
    leastBytes: Number.POSITIVE_INFINITY,
    leastBound: Number.POSITIVE_INFINITY,
  };
  for (const split of run.splits) {
    if ((split.sequenceMs * globalBatch) / count >= found.stepTimeMs) break;
    tryStages(run, split, found);
  }
  return found;
}

function answerOf({ best, stepTimeMs, leastBytes: least, leastBound }: Found): FoundLayout {
  if (best !== undefined) return { kind: "found", stepTimeMs, ...best };
  if (!Number.isFinite(leastBound)) return { kind: "does-not-divide" };
  return { kind: "does-not-fit", leastBytes: Number.isFinite(least) ? least : leastBound };
}

/** Tries one split of layers on all pipelines. */
function tryStages(run: SearchRun, split: BoundedSplit, found: Found): void {
  const { stages, trial } = run;
  const { layers, floors, inputs } = split;
  trial.layers = layers;
  for (let at = 0; at < stages.length; at++) {
    trial.stages = stages[at] ?? noStages;
    trial.index = split.index * stages.length + at;
    trial.dp = dataRanks(trial);
    if (trial.dp === 0) continue;
    const isBounded = Number.isFinite(found.stepTimeMs);
    if (isBounded && leastStepMs(floors, at, trial, inputs) >= found.stepTimeMs) continue;
    tryTrial(run, { split, at }, found);
  }
}

/** Times the trial of a split, and keeps it if it is the fastest so far and fits. */
function tryTrial(run: SearchRun, { split, at }: FoundSplit, found: Found): void {
  const { setting, context, memory, parts, trial } = run;
  const capacity = context.hardware.memoryBytes;
  const weights = memory.weights(trial);
  if (weights > capacity) {
    found.leastBound = Math.min(found.leastBound, weights);
    return;
  }
  const layout = layoutOfTrial(trial, setting);
  const spread = spreadLayoutOf(layout, trial.count);
  const stepTimeMs = stepPartsInto(parts, context, split.inputs.costs, spread);
  if (stepTimeMs >= found.stepTimeMs) return;
  // As long as nothing fits, the least memory is a part of the answer.
  const enough = Number.isFinite(found.stepTimeMs) ? capacity : Number.POSITIVE_INFINITY;
  const bound = leastBytes(memory, trial, { weights, enough });
  found.leastBound = Math.min(found.leastBound, bound);
  if (bound > capacity) return;
  const memoryBytes = exactBytes(memory, trial);
  found.leastBytes = Math.min(found.leastBytes, memoryBytes);
  if (memoryBytes > capacity) return;
  found.stepTimeMs = stepTimeMs;
  found.best = { layout, memoryBytes };
  found.split = { split, at };
}

const noStages: StageSplit = { pp: 1, vp: 1 };
