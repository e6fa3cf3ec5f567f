import type { WholeLayout } from "./prepare-step.ts";
import type { TransformerSizes } from "./transformer-sizes.ts";

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
  const [vp, microBatch, recompute] = openFeatures(layout);
  return [
    rounded(0.3 * Math.log2(count)),
    rounded(12 * Math.log2(sizes.parameters.total)),
    rounded(Math.log2(sizes.seq)),
    rounded(6 * Math.log2(sizes.experts + 1)),
    rounded(0.5 * Math.log2(layout.tp)),
    rounded(0.5 * Math.log2(layout.pp)),
    rounded(0.5 * Math.log2(layout.cp)),
    rounded(0.5 * Math.log2(layout.ep)),
    rounded(0.15 * Math.log2(layout.globalBatch)),
    sharding === "fsdp" || sharding === "zero3" ? 1 : 0,
    layout.adapter === undefined ? 0 : 8,
    rounded(softwareYear * (Number(software.slice(0, 4)) + Number(software.slice(5, 7)) / 12)),
    vp,
    microBatch,
    recompute,
  ];
}

/** Features of what a layout may leave open, the last ones of all. */
export type OpenFeatures = readonly [vp: number, microBatch: number, recompute: number];

export const openCount = 3;

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
export const modelSize = 1;
export const modelExperts = 3;

/** Positions of what layouts of one search or sweep share: sizes of the model, adapters, software. */
export const sharedFeatures = [modelSize, 2, modelExperts, 10, 11] as const;
