import type { TransformerShape } from "../../schema/plan/model-shape.ts";
import { type FilledLayout, fillLayout } from "../memory/fill-layout.ts";
import {
  type MemoryBasis,
  memoryBasis,
  memoryFrom,
  memoryOfLayout,
  sumOfParts,
} from "../memory/memory-of-layout.ts";
import type { LayoutSpace } from "./layout-space.ts";
import { layoutOfTrial, type SplitSetting, type Trial } from "./model-split.ts";
import { weightBytes, type WeightBound } from "./weight-bytes.ts";

/** Memory of the splits of one space, in bytes of the fullest accelerator; bounds are computed when first asked for. */
export interface MemoryTable {
  shape: TransformerShape;
  setting: SplitSetting;
  weights: WeightBound;
  splitCount: number;
  /** For 1, 2, 4, … micro batches, each split: what one rank holds (0: not computed), and what ranks divide (NaN: not computed). */
  floors: Float64Array;
  slopes: Float64Array;
  /** What splits share that differ in micro batch and recomputation alone. */
  bases: Map<number, SplitBasis>;
}

interface SplitBasis {
  filled: FilledLayout;
  basis: MemoryBasis;
}

/** Tables by framework, precision, software and space: the same for all accelerators, so that searches share them. */
export type MemoryTables = Map<string, MemoryTable>;

/** A pipeline of 16 stages keeps no more than 32 micro batches. */
const batchClasses = 6;

/** The table of a setting, a new one if there is none yet. */
export function memoryTable(
  setting: SplitSetting & { shape: TransformerShape },
  space: LayoutSpace,
  { tables, splitCount }: { tables: MemoryTables; splitCount: number },
): MemoryTable {
  const { framework, precision, software, shape } = setting;
  const key = [framework, precision, software, space.tensorParallel.length].join(" ");
  const known = tables.get(key);
  if (known !== undefined) return known;
  const table = {
    shape,
    setting,
    weights: weightBytes(setting),
    splitCount,
    floors: new Float64Array(batchClasses * splitCount),
    slopes: new Float64Array(batchClasses * splitCount),
    bases: new Map<number, SplitBasis>(),
  };
  tables.set(key, table);
  return table;
}

/** More data-parallel ranks than any machine has. */
const manyRanks = 2 ** 20;

/** Differences of amounts of up to terabytes are this exact. */
const roundingBytes = 4096;

/**
 * A lower bound of the memory of a split. Memory is the maximum over stages of amounts that are linear in 1 / ranks, so a
 * line through two large numbers of ranks is nowhere above it; and more micro batches never take less. With one micro
 * batch, gradients are left out: where they grow while activations are freed, they are not linear.
 *
 * @param weights of the trial, by `table.weights`
 * @param enough a bound above this need not be close
 */
export function leastBytes(
  table: MemoryTable,
  trial: Trial,
  { weights, enough }: { weights: number; enough: number },
): number {
  const { layers, index, dp, count, globalBatch } = trial;
  if (count === 1) return weights;
  const microBatches = globalBatch / (dp * layers.microBatch);
  const batchClass = Math.min(batchClasses - 1, 31 - Math.clz32(microBatches));
  const at = batchClass * table.splitCount + index;
  if (table.floors[at] === 0) {
    table.floors[at] = bytesOn(table, trial, { dp: manyRanks, microBatches: 2 ** batchClass });
    table.slopes[at] = Number.NaN;
  }
  const floor = (table.floors[at] ?? 0) - roundingBytes;
  if (floor > enough) return Math.max(weights, floor);
  if (Number.isNaN(table.slopes[at])) {
    const fewer = bytesOn(table, trial, { dp: manyRanks / 2, microBatches: 2 ** batchClass });
    table.slopes[at] = (fewer - (table.floors[at] ?? 0)) * manyRanks;
  }
  return Math.max(weights, floor + (table.slopes[at] ?? 0) * (1 / dp - 1 / manyRanks));
}

function bytesOn(
  table: MemoryTable,
  trial: Trial,
  { dp, microBatches }: { dp: number; microBatches: number },
): number {
  const { filled, basis } = splitBasis(table, trial, dp);
  filled.microBatch = trial.layers.microBatch;
  filled.microBatches = microBatches;
  filled.recompute = trial.layers.recompute;
  const parts = memoryFrom(basis, filled, 2);
  return sumOfParts(parts) - (microBatches === 1 ? parts.gradients : 0);
}

/** @param dp one of two numbers */
function splitBasis({ shape, setting, bases }: MemoryTable, trial: Trial, dp: number): SplitBasis {
  const { layers, stages } = trial;
  const { tp, cp, ep, microBatch } = layers;
  const { pp, vp } = stages;
  // Degrees are powers of two below these, and virtual stages are few.
  const split = (((tp * 4096 + cp) * 128 + ep) * 32 + pp) * 16 + vp;
  const key = 2 * split + (dp === manyRanks ? 1 : 0);
  let found = bases.get(key);
  if (found === undefined) {
    const layout = layoutOfTrial({ layers, stages, dp, globalBatch: dp * microBatch }, setting);
    const filled = fillLayout(layout, shape, 2);
    bases.set(key, (found = { filled, basis: memoryBasis(shape, filled) }));
  }
  return found;
}

/** What a split takes. */
export function exactBytes({ shape, setting }: MemoryTable, trial: Trial): number {
  return sumOfParts(memoryOfLayout(shape, layoutOfTrial(trial, setting), { count: trial.count }));
}
