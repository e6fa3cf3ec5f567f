import { gatherTimeMs, ranksInDomain, transferTimeMs } from "./collective-time.ts";
import { expertPart, withExposedTransfers } from "./expert-costs.ts";
import { addTimes, noTime, scaleTime } from "./layer-time.ts";
import {
  conversionMs,
  ffnTime,
  passes,
  productMs,
  tensorParallelMs,
  trafficMs,
} from "./product-costs.ts";
import { exposedTime, smoothMaximum } from "./smooth-maximum.ts";
import {
  layerTotal,
  type LayerCosts,
  type LayerLayout,
  type LayerTime,
  type StepContext,
} from "./step-context.ts";

/** Tensors of `hidden` elements per token that norms and residuals of a layer move, forward and backward. */
const hiddenTensors = 20;
/** Backward of attention over forward: five matrix products against two. */
const attentionBackward = 2.5;
/** Times that scores pass through memory without FlashAttention: forward, backward. */
const scorePasses = { forward: 5, backward: 6 };

/**
 * Time and bytes of layers for one way to split them. Causal attention counts as half.
 *
 * Matrix products: arithmetic at a share of the peak plus a share of their memory traffic, so that thin products are
 * slow (roofline without perfect overlap). Collectives: see collective-time.ts.
 */
export function layerCosts(context: StepContext, layout: LayerLayout): LayerCosts {
  const { sizes, constants } = context;
  const tokens = (layout.microBatch * sizes.seq) / layout.cp;
  const attention = attentionPart(context, layout, tokens);
  const dense = denseFfnPart(context, layout, tokens);
  const output = outputPart(context, layout, tokens);
  const expert =
    sizes.expertLayers > 0
      ? withExposedTransfers(context, layout, {
          attention,
          expert: scaleTime(expertPart(context, layout, tokens), context.expertPace),
        })
      : dense;
  const denseLayer = withGaps(addTimes(attention, dense), constants.layerGapMs, constants.launchMs);
  const expertLayer = context.fusesExperts
    ? withGaps(addTimes(attention, expert), constants.layerGapMs, 0)
    : withGaps(
        addTimes(attention, expert),
        constants.expertLayerGapMs * context.expertPace,
        constants.expertLaunchMs * context.expertPace,
      );
  const last = sizes.expertLayers > 0 ? expertLayer : denseLayer;
  const mtp = sizes.mtpLayers > 0 ? mtpPart(context, layout, { tokens, last, output }) : noTime;
  const { parameters } = sizes;
  const isSplit = layout.sequenceParallel ? layout.tp : 1;
  return {
    layout,
    tokens,
    dense: alike(denseLayer),
    expert: alike(expertLayer),
    output: alike(output),
    mtp: alike(mtp),
    denseMs: layerTotal(denseLayer),
    expertMs: layerTotal(expertLayer),
    outputMs: layerTotal(output) + layerTotal(mtp),
    boundaryBytes: (tokens * sizes.hidden * 2) / isSplit,
    denseLayerParameters: (parameters.attention + parameters.denseFfn) / layout.tp,
    expertLayerParameters: (parameters.attention + parameters.sharedExperts) / layout.tp,
    routedParameters: (sizes.experts * parameters.expert) / (layout.ep * layout.etp),
  };
}

/** A copy made at one place: engines read objects that are made at several places several times slower. */
function alike(time: LayerTime): LayerTime {
  return {
    gemm: time.gemm,
    attention: time.attention,
    elementwise: time.elementwise,
    tensorParallel: time.tensorParallel,
    contextParallel: time.contextParallel,
    expertParallel: time.expertParallel,
    gap: time.gap,
  };
}

/**
 * Adds the gaps between kernels, and what the host takes longer to launch a layer than the accelerator to run it. Near
 * equality some of it shows, because kernels differ.
 */
function withGaps(time: LayerTime, gap: number, launch: number): LayerTime {
  const late = launch - layerTotal(time);
  const exposed = smoothMaximum(0, late, launch / 4);
  return { ...time, gap: gap + exposed };
}

function attentionPart(context: StepContext, layout: LayerLayout, tokens: number): LayerTime {
  const { sizes } = context;
  const { tp } = layout;
  const repeats = passes(context, layout);
  const output = sizes.attentionOutputSize / tp;
  const projected = sizes.projectedSize / tp;
  let gemm = productMs(context, {
    rows: tokens,
    inner: output,
    columns: sizes.hidden,
    repeats,
  });
  let conversion = conversionMs(context, tokens, output, sizes.hidden);
  if (sizes.latent === undefined) {
    gemm += productMs(context, {
      rows: tokens,
      inner: sizes.hidden,
      columns: projected,
      repeats,
    });
    conversion += conversionMs(context, tokens, sizes.hidden, projected);
  } else {
    gemm += latentProductsMs(context, layout, tokens);
    conversion += conversionMs(context, tokens, sizes.hidden, projected);
  }
  const split = layout.sequenceParallel ? tp : 1;
  const elements =
    tokens *
    ((hiddenTensors * sizes.hidden) / split + (4 * (sizes.querySize + sizes.keyValueSize)) / tp);
  return {
    gemm,
    attention: coreMs(context, layout, tokens),
    elementwise: trafficMs(context, elements, layout) + conversion,
    tensorParallel: tensorParallelMs(context, layout, tokens) / 2,
    contextParallel: contextParallelMs(context, layout, tokens),
    expertParallel: 0,
    gap: 0,
  };
}

/** Compressed projections run whole on each rank, on its share of the sequence. */
function latentProductsMs(context: StepContext, layout: LayerLayout, tokens: number): number {
  const { sizes } = context;
  const { latent } = sizes;
  if (latent === undefined) return 0;
  const repeats = passes(context, layout);
  const rows = layout.sequenceParallel ? tokens / layout.tp : tokens;
  const compressed = latent.queryRank + latent.keyValueRank + latent.ropeSize;
  const expanded = sizes.keyValueSize - sizes.heads * latent.ropeSize;
  const queryInput = latent.queryRank > 0 ? latent.queryRank : sizes.hidden;
  return (
    productMs(context, { rows, inner: sizes.hidden, columns: compressed, repeats }) +
    productMs(context, {
      rows: tokens,
      inner: queryInput,
      columns: sizes.querySize / layout.tp,
      repeats,
    }) +
    productMs(context, {
      rows: tokens,
      inner: latent.keyValueRank,
      columns: expanded / layout.tp,
      repeats,
    })
  );
}

/** Scores and their product with the values. */
function coreMs(context: StepContext, layout: LayerLayout, tokens: number): number {
  const { sizes, hardware, constants } = context;
  const repeats = 1 + attentionBackward + layout.recomputed;
  const heads = sizes.heads / layout.tp;
  const padded = (size: number): number => paddedHead(context, size);
  const perKey = 2 * heads * (padded(sizes.queryHeadSize) + padded(sizes.valueHeadSize));
  if (context.storesScores) return storedScoresMs(context, tokens, { perKey, heads, layout });
  const rate =
    hardware.peak16FlopPerMs *
    constants.attentionPeak *
    constants.acceleratorRate *
    headRate(context);
  let keys = 0;
  for (const span of sizes.spans) {
    const longest = Math.min(span.keys, sizes.seq / (layout.cp > 1 ? 2 * layout.cp : 1));
    // The rate of a kernel on `longest` keys is longest / (longest + ramp) of the best.
    const ramp = 1 + constants.attentionRampTokens / longest;
    keys += span.share * Math.max(span.context * ramp, tiledContext(context, span.keys));
  }
  return (context.attentionPace * perKey * tokens * keys * repeats) / rate;
}

/** Mean keys of the whole tiles that a sliding window touches: those of its own queries and those before. */
function tiledContext({ sizes, attentionTile }: StepContext, window: number): number {
  if (attentionTile === undefined || window >= sizes.seq) return 0;
  const tiles = Math.ceil(window / attentionTile) + 1;
  return Math.min(tiles * attentionTile, (sizes.seq + attentionTile) / 2);
}

/**
 * Share that narrow heads leave of the rate of heads with 128 elements: each score needs an exponential, and units for
 * those have grown more slowly than matrix units. On an A100 one takes as long as 16 elements of a head.
 */
function headRate(context: StepContext): number {
  const { sizes, hardware } = context;
  const size =
    (paddedHead(context, sizes.queryHeadSize) + paddedHead(context, sizes.valueHeadSize)) / 2;
  const exponential = 16 * (hardware.peak16FlopPerMs / a100FlopPerMs);
  return (size / (size + exponential)) * ((128 + exponential) / 128);
}

function paddedHead({ headMultiple }: StepContext, size: number): number {
  return headMultiple * Math.ceil(size / headMultiple);
}

const a100FlopPerMs = 312e9;

/** Without FlashAttention all scores are computed and pass through memory several times. */
function storedScoresMs(
  context: StepContext,
  tokens: number,
  core: { perKey: number; heads: number; layout: LayerLayout },
): number {
  const { sizes, hardware, constants } = context;
  const again = core.layout.recomputed + core.layout.scoresRecomputed;
  const flop = core.perKey * tokens * sizes.seq * (3 + again);
  const passesOfScores = scorePasses.forward * (1 + again) + scorePasses.backward;
  const bytes = 2 * core.heads * tokens * sizes.seq * passesOfScores;
  return (
    flop / (hardware.peak16FlopPerMs * constants.gemmPeak16 * constants.acceleratorRate) +
    (constants.elementwiseTraffic * bytes) / hardware.memoryBytesPerMs
  );
}

function denseFfnPart(context: StepContext, layout: LayerLayout, tokens: number): LayerTime {
  const { sizes } = context;
  const ffn = sizes.ffn / layout.tp;
  return ffnTime(context, layout, { rows: tokens, ffn, groups: 1, tokens });
}

/**
 * A ring of keys and values, beside attention as far as that takes as long; or all of them gathered before it, forward and
 * backward, and their gradients scattered, which short sequences do with fewer latencies. The better of both.
 */
function contextParallelMs(context: StepContext, layout: LayerLayout, tokens: number): number {
  const { cp, tp } = layout;
  if (cp <= 1) return 0;
  const { sizes, hardware, constants } = context;
  const bytes = (tokens * sizes.keyValueSize * 2) / tp;
  const staysInDomain = ranksInDomain(hardware.perNode, cp, tp) >= cp;
  const times = (cp - 1) * (3 + layout.recomputed);
  const comm = times * transferTimeMs(context, bytes, staysInDomain);
  const core = coreMs(context, layout, tokens);
  const ring = exposedTime(comm, constants.cpExposed, core);
  const gathered = (3 + layout.recomputed) * gatherTimeMs(context, bytes * cp, cp, tp);
  return Math.min(ring, gathered);
}

/** Logits in 16 bits and the loss in 32 bits; the vocabulary is split by tensor parallelism. */
function outputPart(context: StepContext, layout: LayerLayout, tokens: number): LayerTime {
  const { sizes, hardware, constants } = context;
  const vocab = sizes.vocab / layout.tp;
  const repeats = context.adapterRank > 0 ? 2 : 3;
  const flop = 2 * tokens * sizes.hidden * vocab * repeats;
  const elements = tokens * vocab * 8 + (tokens * sizes.hidden * 8) / layout.tp;
  return {
    ...noTime,
    gemm: flop / (hardware.peak16FlopPerMs * constants.gemmPeak16 * constants.acceleratorRate),
    elementwise: (constants.elementwiseTraffic * 2 * elements) / hardware.memoryBytesPerMs,
  };
}

/** A layer more, a projection of two inputs to one, and the loss again. */
function mtpPart(
  context: StepContext,
  layout: LayerLayout,
  parts: { tokens: number; last: LayerTime; output: LayerTime },
): LayerTime {
  const { sizes } = context;
  const sum = addTimes(parts.last, parts.output);
  const projection = productMs(context, {
    rows: parts.tokens,
    inner: 2 * sizes.hidden,
    columns: sizes.hidden / layout.tp,
    repeats: 3,
  });
  return { ...sum, gemm: sum.gemm + projection };
}
