import type { TransformerShape } from "../../schema/plan/model-shape.ts";
import type {
  Framework,
  Precision,
  Recompute,
  TrainingLayout,
} from "../../schema/plan/training-layout.ts";
import type { WholeLayout } from "../step/prepare-step.ts";
import { virtualStages, type LayoutSpace } from "./layout-space.ts";

/** How one layer is split, and what a rank computes at once. */
export interface LayerSplit {
  tp: number;
  cp: number;
  ep: number;
  microBatch: number;
  recompute: Recompute;
}

/** Stages of a pipeline. */
export interface StageSplit {
  pp: number;
  vp: number;
}

/** What all layouts of a search share. */
export interface SplitSetting {
  precision: Precision;
  framework: Framework;
  /** Month of the software: `2026-03`. */
  software: string;
  adapter?: TrainingLayout["adapter"];
}

/** All splits of layers of a space. */
export function layerSplits(space: LayoutSpace): LayerSplit[] {
  const splits: LayerSplit[] = [];
  for (const tp of space.tensorParallel)
    for (const cp of space.contextParallel)
      for (const ep of space.expertParallel)
        for (const microBatch of space.microBatches)
          for (const recompute of space.recomputes)
            splits.push({ tp, cp, ep, microBatch, recompute });
  return splits;
}

/** All pipelines of a space. */
export function stageSplits({ layers }: TransformerShape, space: LayoutSpace): StageSplit[] {
  return space.pipelineParallel.flatMap((pp) =>
    virtualStages(layers, pp).map((vp) => ({ pp, vp })),
  );
}

/** A split on a number of accelerators. A search writes all its trials into one. */
export interface Trial {
  layers: LayerSplit;
  stages: StageSplit;
  /** Of the split in its space. */
  index: number;
  dp: number;
  count: number;
  globalBatch: number;
}

/** Data-parallel ranks, or 0 if the split does not divide the accelerators and the batch. */
export function dataRanks({ layers, stages, count, globalBatch }: Trial): number {
  const { tp, cp, ep, microBatch } = layers;
  const dp = count / (tp * cp * stages.pp);
  if (!Number.isInteger(dp) || !Number.isInteger(globalBatch / (dp * microBatch))) return 0;
  return (tp * cp * dp) % ep === 0 ? dp : 0;
}

/** The layout of a trial, in which everything is given. */
export function layoutOfTrial(
  { layers, stages, dp, globalBatch }: Omit<Trial, "index" | "count">,
  { precision, framework, software, adapter }: SplitSetting,
): WholeLayout {
  const { tp, cp, ep, microBatch, recompute } = layers;
  const { pp, vp } = stages;
  return {
    tp,
    cp,
    pp,
    ep,
    dp,
    microBatch,
    vp,
    recompute,
    etp: ep > 1 ? 1 : tp,
    globalBatch,
    precision,
    sequenceParallel: tp > 1,
    sharding: framework === "megatron" ? "zero1" : "fsdp",
    schedule: vp > 1 ? "interleaved" : "1f1b",
    optimizer: "adamw",
    framework,
    software,
    adapter,
  };
}
