import type { StepParts } from "../../schema/plan/step-prediction.ts";
import { gatherTimeMs, transferTimeMs } from "./collective-time.ts";
import { exposedTime } from "./smooth-maximum.ts";
import type { LayerCosts, LayerTime, StepContext } from "./step-context.ts";

/** Where layers go: pipeline stages, data-parallel ranks, micro batches. */
export interface SpreadLayout {
  /** All accelerators. */
  count: number;
  pp: number;
  vp: number;
  dp: number;
  /** Micro batches of one rank in one step. */
  microBatches: number;
  /** Share of the bubble of 1F1B that the schedule has, before `vp`. */
  bubbleShare: number;
  /** Ranks among which weights are split for every layer and micro batch; 1: they are not. */
  weightShards: number;
  /** Ranks that hold parts of the optimizer states. */
  optimizerShards: number;
  /** Times that split weights are gathered, and their gradients scattered, in one step. */
  weightGathers: number;
  /** Times that gradients are reduced in one step. */
  gradientReductions: number;
  /** Bytes that the optimizer reads and writes per parameter. */
  optimizerBytes: number;
  /** Layers of a stage whose activations go to host memory and back. */
  offloadedLayers: number;
}

/** Index of each part in the array that `stepPartsInto` fills; the order of `stepParts`. */
export const part = {
  gemm: 0,
  attention: 1,
  elementwise: 2,
  tensorParallel: 3,
  contextParallel: 4,
  expertParallel: 5,
  pipelineTransfer: 6,
  bubble: 7,
  dataParallel: 8,
  optimizer: 9,
  offload: 10,
  host: 11,
  stragglers: 12,
} as const satisfies Record<keyof StepParts, number>;
export const partCount = 13;

/** Ranks beyond which each doubling adds to the stragglers. */
const smallestJob = 8;

/**
 * Writes the parts of one step, ms, and returns their sum.
 *
 * The fullest stage sets the pace of all micro batches; filling and emptying the pipeline adds the other stages once,
 * divided by the virtual stages (Narayanan et al. 2021, arXiv:2104.04473, section 2.2). Layers that do not divide are
 * spread as evenly as they can be, with the fewest on the last stage, which also has the loss.
 */
export function stepPartsInto(
  out: Float64Array,
  context: StepContext,
  costs: LayerCosts,
  spread: SpreadLayout,
): number {
  const stage = fullestStage(context, costs, spread);
  const mean = stage.all / spread.pp;
  const transfer = pipelineTransferMs(context, costs, spread);
  const batches = spread.microBatches;
  fillWith(out, stage, batches);
  out[part.pipelineTransfer] = batches * transfer;
  const others = (stage.all - stage.total) / spread.vp + (spread.pp - 1) * (transfer / spread.vp);
  out[part.bubble] = spread.pp > 1 ? spread.bubbleShare * Math.max(0, others) : 0;
  const parameters = stageParameters(context, costs, spread);
  out[part.dataParallel] =
    spread.weightShards > 1
      ? shardedWeightsMs(context, costs, spread, stage)
      : gradientsMs(context, costs, spread, { parameters, stageMs: mean });
  const shard =
    parameters.layers / spread.optimizerShards +
    parameters.routed / Math.max(1, spread.optimizerShards / expertSharing(costs));
  out[part.optimizer] =
    context.adapterRank > 0
      ? 0
      : (shard * spread.optimizerBytes) / context.hardware.memoryBytesPerMs;
  out[part.offload] = offloadMs(context, costs, spread, stage);
  add(out, part.host, context.constants.stepMs);
  return addStragglers(out, context, spread);
}

/** A lower bound of a step, ms: of each micro batch, and of each step. */
export interface StepFloor {
  batchMs: number;
  stepMs: number;
}

/** So that rounding does not put the bound of a step above the step. */
const belowRounding = 1 - 1e-12;

/** What a step takes on any number of data-parallel ranks. Transfers between stages are those of the faster link. */
export function stepFloor(
  context: StepContext,
  costs: LayerCosts,
  spread: Pick<SpreadLayout, "pp" | "vp" | "bubbleShare">,
): StepFloor {
  const { pace, constants } = context;
  const { pp, vp, bubbleShare } = spread;
  const stage = fullestStage(context, costs, spread);
  const [inside, outside] = [true, false].map((staysInDomain) =>
    transferTimeMs(context, costs.boundaryBytes, staysInDomain),
  );
  const once = pp > 1 ? Math.min(inside ?? 0, outside ?? 0) : 0;
  const transfer = 2 * vp * once * constants.ppExposed;
  const others = (stage.all - stage.total) / vp + (pp - 1) * (transfer / vp);
  const bubble = pp > 1 ? bubbleShare * Math.max(0, others) : 0;
  return {
    batchMs: belowRounding * pace * (stage.total + transfer),
    stepMs: belowRounding * pace * (bubble + constants.stepMs),
  };
}

function addStragglers(out: Float64Array, context: StepContext, spread: SpreadLayout): number {
  let sum = 0;
  for (let index = 0; index < part.stragglers; index++) {
    const time = (out[index] ?? 0) * context.pace;
    out[index] = time;
    sum += time;
  }
  const doublings = Math.max(0, Math.log2(spread.count / smallestJob));
  const stragglers = sum * context.constants.stragglers * doublings;
  out[part.stragglers] = stragglers;
  return sum + stragglers;
}

interface Stage {
  denseLayers: number;
  expertLayers: number;
  /** Losses, and layers that predict further ahead, on this stage: 0 or 1. */
  outputs: number;
  costs: LayerCosts;
  /** Of one micro batch, forward and backward, ms. */
  total: number;
  /** The same of all stages together. */
  all: number;
}

function fullestStage(
  context: StepContext,
  costs: LayerCosts,
  spread: Pick<SpreadLayout, "pp" | "vp">,
): Stage {
  const { sizes } = context;
  const { pp, vp } = spread;
  const chunks = pp * vp;
  const most =
    pp > 1 ? Math.min(Math.ceil(sizes.layers / chunks) * vp, sizes.layers) : sizes.layers;
  const least = Math.max(0, sizes.layers - (pp - 1) * most);
  const isExpert = sizes.expertLayers / sizes.layers;
  const { denseMs, expertMs, outputMs } = costs;
  // Dense layers come first, so all layers of another stage have experts if any have.
  const inMiddle = pp > 1 && isExpert > 0 ? 1 : isExpert;
  const middleMs = most * (inMiddle * expertMs + (1 - inMiddle) * denseMs);
  const lastMs = least * (inMiddle * expertMs + (1 - inMiddle) * denseMs) + outputMs;
  const all =
    sizes.expertLayers * expertMs + (sizes.layers - sizes.expertLayers) * denseMs + outputMs;
  const isLast = pp === 1 || lastMs >= middleMs;
  const layers = isLast ? least : most;
  return {
    denseLayers: layers * (1 - inMiddle),
    expertLayers: layers * inMiddle,
    outputs: isLast ? 1 : 0,
    costs,
    total: isLast ? lastMs : middleMs,
    all: Math.max(all, isLast ? lastMs : middleMs),
  };
}

function fillWith(out: Float64Array, stage: Stage, batches: number): void {
  const { dense, expert, output, mtp } = stage.costs;
  const denseLayers = batches * stage.denseLayers;
  const expertLayers = batches * stage.expertLayers;
  const outputs = batches * stage.outputs;
  out.fill(0);
  addLayers(out, dense, denseLayers);
  if (expertLayers > 0) addLayers(out, expert, expertLayers);
  addLayers(out, output, outputs);
  addLayers(out, mtp, outputs);
}

function addLayers(out: Float64Array, time: LayerTime, layers: number): void {
  add(out, part.gemm, layers * time.gemm);
  add(out, part.attention, layers * time.attention);
  add(out, part.elementwise, layers * time.elementwise);
  add(out, part.tensorParallel, layers * time.tensorParallel);
  add(out, part.contextParallel, layers * time.contextParallel);
  add(out, part.expertParallel, layers * time.expertParallel);
  add(out, part.host, layers * time.gap);
}

function add(out: Float64Array, at: number, ms: number): void {
  out[at] = (out[at] ?? 0) + ms;
}

/** Activations forward and their gradients backward, once per virtual stage and micro batch. */
function pipelineTransferMs(context: StepContext, costs: LayerCosts, spread: SpreadLayout): number {
  if (spread.pp <= 1) return 0;
  const { tp, cp } = costs.layout;
  const staysInDomain = tp * cp * spread.dp * spread.pp <= context.hardware.perNode;
  const once = transferTimeMs(context, costs.boundaryBytes, staysInDomain);
  return 2 * spread.vp * once * context.constants.ppExposed;
}

interface StageParameters {
  /** Of one rank: what data-parallel ranks all hold alike. */
  layers: number;
  /** Routed experts of one rank. */
  routed: number;
}

function stageParameters(
  context: StepContext,
  costs: LayerCosts,
  spread: SpreadLayout,
): StageParameters {
  const { sizes } = context;
  const expertLayers = sizes.expertLayers / spread.pp;
  const denseLayers = sizes.layers / spread.pp - expertLayers;
  const ends = sizes.parameters.embedding / costs.layout.tp;
  const both = spread.pp === 1 && !sizes.isTied ? 2 : 1;
  return {
    layers:
      denseLayers * costs.denseLayerParameters +
      expertLayers * costs.expertLayerParameters +
      both * ends,
    routed: expertLayers * costs.routedParameters,
  };
}

/** Data-parallel ranks for each copy of an expert. */
function expertSharing(costs: LayerCosts): number {
  const { tp, cp, ep, etp } = costs.layout;
  return Math.max(1, (ep * etp) / (tp * cp));
}

/** Gradients are reduced beside the last backward pass, parameters gathered beside the first forward pass. */
function gradientsMs(
  context: StepContext,
  costs: LayerCosts,
  spread: SpreadLayout,
  stage: { parameters: StageParameters; stageMs: number },
): number {
  const { tp, cp } = costs.layout;
  const ranks = spread.dp * cp;
  if (ranks <= 1 || context.adapterRank > 0) return 0;
  const bytes =
    spread.optimizerShards > 1
      ? context.gradientBytes + context.parameterBytes
      : 2 * context.gradientBytes;
  const dense = gatherTimeMs(context, stage.parameters.layers * bytes, ranks, tp);
  const sharing = expertSharing(costs);
  const copies = Math.max(1, ranks / sharing);
  const routed = gatherTimeMs(context, stage.parameters.routed * bytes, copies, tp * sharing);
  const comm = dense + routed;
  const { dpExposed, dpOverlap } = context.constants;
  return spread.gradientReductions * exposedTime(comm, dpExposed, dpOverlap * stage.stageMs);
}

/**
 * ZeRO-3 and FSDP: the weights of each layer are gathered forward and backward and its gradients scattered, for each
 * micro batch, beside the computation of the layer before. With groups that shard (HSDP), groups then reduce their
 * gradients once.
 */
function shardedWeightsMs(
  context: StepContext,
  costs: LayerCosts,
  spread: SpreadLayout,
  stage: Stage,
): number {
  const { tp } = costs.layout;
  const { sizes, constants } = context;
  const shards = spread.weightShards;
  const moved = (parameters: number): number =>
    gatherTimeMs(
      context,
      parameters * (2 * context.parameterBytes + context.gradientBytes),
      shards,
      tp,
    );
  const layers = stage.denseLayers + stage.expertLayers;
  const isExpert = layers > 0 ? stage.expertLayers / layers : 0;
  const sharing = expertSharing(costs);
  const parameters =
    (1 - isExpert) * costs.denseLayerParameters + isExpert * costs.expertLayerParameters;
  const routed =
    isExpert > 0
      ? gatherTimeMs(
          context,
          costs.routedParameters * (2 * context.parameterBytes + context.gradientBytes),
          Math.max(1, shards / sharing),
          tp * sharing,
        )
      : 0;
  const comm = layers * (moved(parameters) + routed);
  const ends = moved((2 * sizes.parameters.embedding) / tp);
  const { dpExposed, dpOverlap } = constants;
  const each = exposedTime(comm, dpExposed, dpOverlap * stage.total);
  const ranks = spread.dp * costs.layout.cp;
  const groups = ranks / shards;
  const between =
    groups > 1
      ? gatherTimeMs(
          context,
          (2 * context.gradientBytes * (layers * parameters)) / shards,
          groups,
          tp * shards,
        )
      : 0;
  return (
    spread.weightGathers * (each + dpExposed * ends) +
    exposedTime(between, dpExposed, dpOverlap * stage.total)
  );
}

/** Activations to host memory forward and back backward, each beside the computation of its own pass. */
function offloadMs(
  context: StepContext,
  costs: LayerCosts,
  spread: SpreadLayout,
  stage: Stage,
): number {
  if (spread.offloadedLayers <= 0) return 0;
  const layers = Math.min(spread.offloadedLayers, stage.denseLayers + stage.expertLayers);
  const bytes = costs.boundaryBytes * (offloadedBytes / 2) * layers;
  const once = bytes / context.hardware.hostBytesPerMs;
  const forward = stage.total / 3;
  return (
    spread.microBatches *
    (Math.max(0, once - forward) + Math.max(0, once - (stage.total - forward)))
  );
}

/** Bytes per token and `hidden` that a layer keeps with FlashAttention: Korthikanti et al. 2022, equation 4. */
const offloadedBytes = 34;
