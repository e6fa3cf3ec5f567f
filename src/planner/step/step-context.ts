import type { StepConstants } from "./step-constants.ts";
import type { TransformerSizes } from "./transformer-sizes.ts";

/** Numbers of one accelerator and its networks; bytes and FLOP per millisecond. */
export interface StepHardware {
  /** Dense peak in the layout's precision. */
  peakFlopPerMs: number;
  /** Dense peak in 16 bits. */
  peak16FlopPerMs: number;
  memoryBytes: number;
  memoryBytesPerMs: number;
  /** One direction, per accelerator. */
  scaleUpBytesPerMs: number;
  /** One direction, per accelerator. */
  networkBytesPerMs: number;
  /** To host memory, one direction, per accelerator. */
  hostBytesPerMs: number;
  /** Accelerators in one scale-up domain. */
  perNode: number;
}

/** What does not change while layouts are compared. */
export interface StepContext {
  sizes: TransformerSizes;
  hardware: StepHardware;
  constants: StepConstants;
  /** Time over that of software of the reference month. */
  pace: number;
  /** The same of what experts add: routing, grouped matrix products, all-to-alls and their launches. */
  expertPace: number;
  /** Time of attention with this software, over that with software of the reference month. */
  attentionPace: number;
  /** Bytes of an element that a matrix product reads. */
  operandBytes: number;
  /** Operands are converted from 16 bits before each matrix product. */
  convertsOperands: boolean;
  /**
   * Layers with experts run from one CUDA graph, their products convert and activate in the same kernel, and their transfers
   * run beside another micro batch.
   */
  fusesExperts: boolean;
  /** Biases and clamps of experts are operations of their own, which read and write memory each. */
  addsExpertBias: boolean;
  /** Rows of routed tokens are picked far below the bandwidth of the memory: `routingTraffic`. */
  picksRowsSlowly: boolean;
  /** Each routed token picks its own row of the biases of experts, whose gradients are added up row by row. */
  picksExpertBias: boolean;
  /** A token goes to another domain once, not once for each of its experts there. */
  sendsOncePerDomain: boolean;
  /** Sizes of heads that matrix units work on are multiples of this. */
  headMultiple: number;
  /** Tokens of a tile of attention, of which sliding windows compute whole ones; undefined: the ramp includes it. */
  attentionTile: number | undefined;
  /** Attention scores go through memory, as before FlashAttention. */
  storesScores: boolean;
  /** Bytes of a gradient that ranks exchange. */
  gradientBytes: number;
  /** Bytes of a parameter that ranks exchange. */
  parameterBytes: number;
  /** Low-rank adapters: the base model is frozen. */
  adapterRank: number;
}

/** Where layers of one rank run and in which pieces. */
export interface LayerLayout {
  tp: number;
  cp: number;
  ep: number;
  etp: number;
  microBatch: number;
  sequenceParallel: boolean;
  /** Share of the forward pass that is repeated, 0 to 1. */
  recomputed: number;
  /** Share of the layers that repeat every second matrix product and all element-wise operations, but not attention. */
  productsRecomputed: number;
  /** Share of the scores of attention that is repeated, 0 to 1, where they are stored. */
  scoresRecomputed: number;
  /** Tokens of the busiest expert rank over the mean. */
  expertImbalance: number;
  /** Transfers of experts run beside the computation of another micro batch. */
  overlapsExperts: boolean;
}

/** Time of one layer and micro batch, forward and backward, ms, as far as nothing hides it. */
export interface LayerTime {
  gemm: number;
  attention: number;
  elementwise: number;
  tensorParallel: number;
  contextParallel: number;
  expertParallel: number;
  gap: number;
}

export function layerTotal(time: LayerTime): number {
  return (
    time.gemm +
    time.attention +
    time.elementwise +
    time.tensorParallel +
    time.contextParallel +
    time.expertParallel +
    time.gap
  );
}

/** Costs that do not depend on how layers are spread over pipeline stages and data-parallel ranks. */
export interface LayerCosts {
  layout: LayerLayout;
  /** Tokens of one rank in one micro batch. */
  tokens: number;
  dense: LayerTime;
  expert: LayerTime;
  /** Output projection and loss of one micro batch. */
  output: LayerTime;
  /** One layer that predicts further ahead, with its projections and loss. */
  mtp: LayerTime;
  /** Sums of the above: of `dense`, of `expert`, and of `output` and `mtp` together. */
  denseMs: number;
  expertMs: number;
  outputMs: number;
  /** Bytes between two pipeline stages, one direction. */
  boundaryBytes: number;
  /** Parameters of one rank: one layer without experts, one with them outside the experts, its routed experts. */
  denseLayerParameters: number;
  expertLayerParameters: number;
  routedParameters: number;
}
