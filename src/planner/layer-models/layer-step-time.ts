import type { Accelerator } from "../../schema/catalogue.ts";
import type { LayerModelFit } from "../../schema/plan/layer-calibration.ts";
import { totalOf, type LayerModel, type LayerWork } from "./layer-work.ts";

/** How a model of layers is spread: one copy per accelerator, and tables over all of them. */
export interface LayerSpread {
  count: number;
  /** Accelerators of one scale-up domain. */
  perNode: number;
  globalBatch: number;
  /** Dense FLOP/s in the number format of the matrix products. */
  peakFlopPerSecond: number;
  memoryBytesPerSecond: number;
  /** One direction, per accelerator. */
  scaleUpBytesPerSecond: number;
  networkBytesPerSecond: number;
}

type LayerConstants = Pick<
  LayerModelFit,
  "halfRows" | "exposedExchange" | "hostMs" | "straggling"
> & { efficiency: number };

/** Milliseconds of one step; the parts add up to it. */
export interface LayerStepParts {
  gemm: number;
  elementwise: number;
  expertParallel: number;
  dataParallel: number;
  optimizer: number;
  host: number;
  stragglers: number;
}

const bytesPerElement = 2;
/** Weight, gradient, and two moments in FP32, read and written. */
const optimizerBytesPerParameter = 18;
/** Backward takes this share of the time of a layer, and hides the exchange of gradients. */
const backwardShare = 2 / 3;

/**
 * Time of one step: for each layer its arithmetic at a share of the peak and its memory traffic, then the exchange of
 * gradients as far as the backward pass does not hide it.
 */
export function layerStepParts(
  model: LayerModel,
  spread: LayerSpread,
  constants: LayerConstants,
): LayerStepParts {
  const samples = spread.globalBatch / spread.count;
  const slowdown = 1 / constants.efficiency;
  const gemm = model.layers.reduce(
    (sum, layer) => sum + arithmeticSeconds(layer, samples, spread, constants),
    0,
  );
  const traffic =
    (model.layers.reduce((sum, layer) => sum + layer.elements * passesOf(layer), 0) *
      bytesPerElement +
      model.gatheredBytes) *
    samples;
  const elementwise = traffic / spread.memoryBytesPerSecond;
  const alone = (gemm + elementwise) * slowdown;
  const stragglers = alone * constants.straggling * Math.log2(spread.count);
  const computed = alone + stragglers;
  const allReduce = allReduceSeconds(2 * trainedParameters(model) * bytesPerElement, spread);
  const exposed = Math.max(
    constants.exposedExchange * allReduce,
    allReduce - backwardShare * computed,
  );
  return {
    gemm: gemm * slowdown * 1000,
    elementwise: elementwise * slowdown * 1000,
    expertParallel: exchangeSeconds(model.exchangedBytes * samples, spread) * 1000,
    dataParallel: exposed * 1000,
    optimizer:
      ((trainedParameters(model) * optimizerBytesPerParameter) / spread.memoryBytesPerSecond) *
      1000,
    host: constants.hostMs,
    stragglers: stragglers * 1000,
  };
}

/** Inside a machine first, then between machines, where each accelerator sends its part. */
function allReduceSeconds(bytes: number, spread: LayerSpread): number {
  const inside = Math.min(spread.perNode, spread.count);
  const machines = spread.count / inside;
  return (
    (bytes * (1 - 1 / inside)) / spread.scaleUpBytesPerSecond +
    ((bytes / inside) * (1 - 1 / machines)) / spread.networkBytesPerSecond
  );
}

/** All to all: the part that stays inside a machine, and the part that leaves it. */
function exchangeSeconds(bytes: number, spread: LayerSpread): number {
  const inside = Math.min(spread.perNode, spread.count);
  return (
    (bytes * (inside - 1)) / spread.count / spread.scaleUpBytesPerSecond +
    (bytes * (spread.count - inside)) / spread.count / spread.networkBytesPerSecond
  );
}

function arithmeticSeconds(
  { flop, rows, isFrozen }: LayerWork,
  samples: number,
  { peakFlopPerSecond }: LayerSpread,
  { halfRows }: LayerConstants,
): number {
  if (flop === 0) return 0;
  const share = (rows * samples) / (rows * samples + halfRows);
  return ((isFrozen === true ? 1 : 3) * flop * samples) / (peakFlopPerSecond * share);
}

function passesOf({ isFrozen }: LayerWork): number {
  return isFrozen === true ? 1 : 3;
}

function trainedParameters(model: LayerModel): number {
  const frozen = model.layers.filter(({ isFrozen }) => isFrozen === true);
  return totalOf(model, "parameters") - frozen.reduce((sum, { parameters }) => sum + parameters, 0);
}

export function stepMsOf(parts: LayerStepParts): number {
  return Object.values(parts).reduce((sum, part) => sum + part, 0);
}

/** The catalog's figures of an accelerator; undefined if it has no peak of 16 or 32 bits. */
export function spreadOn(
  accelerator: Accelerator,
  { count, globalBatch }: { count: number; globalBatch: number },
): LayerSpread | undefined {
  const { peakFlopPerSecond: peaks, scaleUpCount, scaleUpBytesPerSecond } = accelerator;
  const peak = peaks.bf16 ?? peaks.fp16 ?? peaks.tf32 ?? peaks.fp32;
  if (peak === undefined) return undefined;
  // Without a known link: PCIe 3 x16, eight to a machine, and 10 Gb/s out of it.
  const scaleUp = (scaleUpBytesPerSecond ?? 32e9) / 2;
  return {
    count,
    perNode: Math.max(scaleUpCount, 8),
    globalBatch,
    peakFlopPerSecond: peak,
    memoryBytesPerSecond: accelerator.memoryBytesPerSecond,
    scaleUpBytesPerSecond: scaleUp,
    networkBytesPerSecond: accelerator.networkBytesPerSecond ?? 1.25e9,
  };
}
