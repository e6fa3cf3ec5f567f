import { gatherTimeMs, ranksInDomain } from "./collective-time.ts";
import { addTimes, noTime } from "./layer-time.ts";
import { ffnTime, trafficMs } from "./product-costs.ts";
import { exposedTime, smoothMaximum } from "./smooth-maximum.ts";
import type { LayerLayout, LayerTime, StepContext } from "./step-context.ts";

/** Router, routed experts with all of their transfers, and shared experts. */
export function expertPart(context: StepContext, layout: LayerLayout, tokens: number): LayerTime {
  const { sizes, constants } = context;
  const { tp, ep, etp } = layout;
  const routed = ((tokens * sizes.topK * etp) / tp) * layout.expertImbalance;
  const groups = sizes.experts / ep;
  const rows = routed / groups;
  const ramp = (rows + constants.expertRampTokens) / rows;
  const experts = ffnTime(context, layout, {
    rows,
    ffn: sizes.expertFfn / etp,
    groups,
    tokens: 0,
  });
  const shared =
    sizes.sharedFfn > 0
      ? ffnTime(context, layout, { rows: tokens, ffn: sizes.sharedFfn / tp, groups: 1, tokens: 0 })
      : noTime;
  const router = (tokens / tp) * sizes.experts * 12;
  const bias = context.addsExpertBias ? biasElements(context, layout, routed) : 0;
  const picked = routed * sizes.hidden * 8 + pickedBiasElements(context, layout, routed);
  const sum = addTimes(experts, shared);
  return {
    ...sum,
    gemm: experts.gemm * ramp + shared.gemm,
    elementwise:
      (context.fusesExperts ? shared.elementwise : sum.elementwise) +
      trafficMs(
        context,
        router + bias + (context.picksRowsSlowly ? constants.routingTraffic : 1) * picked,
        layout,
      ),
    expertParallel:
      expertParallelMs(context, layout, routed / etp) + expertGatherMs(context, layout, routed),
  };
}

/**
 * Elements of 16 bits that Megatron-Core reads and writes for clamps and biases of experts, forward and backward. Inner
 * elements: both halves of the input are clamped and joined (8), and the same backward with the saved input (10). Outputs:
 * each expert's bias times the probabilities in 32 bits is added, joined and converted (14); backward the sums for bias and
 * probabilities come on top (20).
 *
 * @see `weighted_bias_quick_geglu_impl` in megatron/core/fusions/fused_bias_geglu.py, and `_apply_bias` in
 * megatron/core/transformer/moe/experts.py, https://github.com/NVIDIA/Megatron-LM
 */
function biasElements({ sizes }: StepContext, { etp }: LayerLayout, routed: number): number {
  return routed * (18 * (sizes.expertFfn / etp) + 34 * sizes.hidden);
}

/**
 * Elements of 16 bits that MaxText reads and writes for biases of experts: it picks three rows for each routed token, and
 * adds their gradients up where they came from.
 *
 * @see `transform_bias` in src/MaxText/layers/moe.py, https://github.com/AI-Hypercomputer/maxtext/blob/f6ead2e/src/MaxText/layers/moe.py
 */
function pickedBiasElements(
  { sizes, picksExpertBias }: StepContext,
  { etp }: LayerLayout,
  routed: number,
): number {
  return picksExpertBias ? routed * 4 * ((2 * sizes.expertFfn) / etp + sizes.hidden) : 0;
}

/**
 * Dispatch and combine, forward and backward: four all-to-alls. To other domains a token goes once per expert; with DeepEP
 * and the like once per domain, however many of its experts are there.
 */
function expertParallelMs(context: StepContext, layout: LayerLayout, routed: number): number {
  const { sizes, hardware, constants } = context;
  const { ep } = layout;
  if (ep <= 1) return 0;
  const inner = ranksInDomain(hardware.perNode, ep, layout.etp);
  const bytes = routed * sizes.hidden * 2;
  const times = 4 + layout.recomputed * 2;
  const inside = (bytes * (ep - 1)) / ep / (hardware.scaleUpBytesPerMs * constants.scaleUpShare);
  if (inner >= ep) return times * (inside + constants.scaleUpLatencyMs);
  const domains = ep / inner;
  const visited = context.sendsOncePerDomain
    ? domains * (1 - (1 - 1 / domains) ** sizes.topK)
    : sizes.topK;
  const outside =
    ((bytes / sizes.topK) * visited * (domains - 1)) /
    domains /
    (hardware.networkBytesPerMs * constants.networkShare);
  return times * (smoothMaximum(inside, outside, 0.2 * outside) + constants.networkLatencyMs);
}

/**
 * Experts that are split themselves: after dispatch each rank gathers the tokens of the ranks that share its experts, and
 * scatters their sums before combine; the same backward.
 */
function expertGatherMs(context: StepContext, layout: LayerLayout, routed: number): number {
  const { etp, recomputed } = layout;
  if (etp <= 1) return 0;
  return (4 + 2 * recomputed) * gatherTimeMs(context, routed * context.sizes.hidden * 2, etp, 1);
}

/**
 * What of the transfers of experts shows. Where a program computes one micro batch while another one's tokens are on their
 * way, it is what the computation of a layer does not cover: DualPipe (DeepSeek-V3, section 3.2.1, arXiv:2412.19437), and
 * recipes of Megatron-Bridge that record the whole step (`overlap_moe_expert_parallel_comm`).
 *
 * @see https://github.com/NVIDIA-NeMo/Megatron-Bridge/blob/067f987d/src/megatron/bridge/perf_recipes/deepseek/common.py
 *
 * @param attention of the same layer
 * @param expert with all transfers
 */
export function withExposedTransfers(
  context: StepContext,
  layout: LayerLayout,
  { attention, expert }: { attention: LayerTime; expert: LayerTime },
): LayerTime {
  const { epExposed, epOverlapExposed } = context.constants;
  const all = expert.expertParallel;
  const computed =
    attention.gemm + attention.attention + attention.elementwise + expert.gemm + expert.elementwise;
  const expertParallel =
    layout.overlapsExperts || context.fusesExperts
      ? exposedTime(all, epOverlapExposed, computed)
      : all * epExposed;
  return { ...expert, expertParallel };
}
