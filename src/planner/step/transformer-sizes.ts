import type { TransformerShape } from "../../schema/plan/model-shape.ts";

/** Sizes that the step time depends on, worked out once per model. Elements, unless named otherwise. */
export interface TransformerSizes {
  hidden: number;
  layers: number;
  /** Layers with experts. */
  expertLayers: number;
  vocab: number;
  seq: number;
  heads: number;
  /** Queries and keys of one head. */
  queryHeadSize: number;
  valueHeadSize: number;
  /** Queries of all heads. */
  querySize: number;
  /** Keys and values of all key-value heads, as attention reads them. */
  keyValueSize: number;
  /** What attention returns, all heads. */
  attentionOutputSize: number;
  /** Multi-head latent attention: the two compressed projections, which tensor parallelism does not split. */
  latent: { queryRank: number; keyValueRank: number; ropeSize: number } | undefined;
  /** Outputs of the split projections to queries, keys and values. */
  projectedSize: number;
  ffn: number;
  /** Share of every second matrix product, in the order in which PyTorch runs them, in all of a layer. */
  everySecondProduct: number;
  /** Matrices that read the input of a feed-forward layer: 2 if gated. */
  inputMatrices: number;
  experts: number;
  topK: number;
  expertFfn: number;
  /** Inner size of the experts that every token visits. */
  sharedFfn: number;
  mtpLayers: number;
  /** Mean tokens that a token attends to. */
  context: number;
  /** The same by kind of layer, with the longest span of keys; `share` of the layers. */
  spans: readonly { share: number; context: number; keys: number }[];
  isBidirectional: boolean;
  isTied: boolean;
  parameters: ParameterCounts;
}

/** Parameters by where they are stored. */
export interface ParameterCounts {
  /** Attention and norms of one layer. */
  attention: number;
  /** Feed-forward part of a layer without experts. */
  denseFfn: number;
  /** One routed expert. */
  expert: number;
  /** Router and shared experts of a layer with experts. */
  sharedExperts: number;
  /** Input embedding. */
  embedding: number;
  /** Output projection; 0 if tied. */
  output: number;
  total: number;
}

const known = new WeakMap<TransformerShape, TransformerSizes>();

/** The sizes of a shape, the same object for the same shape. */
export function transformerSizes(shape: TransformerShape): TransformerSizes {
  const sizes = known.get(shape) ?? sizesOf(shape);
  known.set(shape, sizes);
  return sizes;
}

function sizesOf(shape: TransformerShape): TransformerSizes {
  const headSize = shape.headSize ?? Math.max(1, Math.floor(shape.hidden / shape.heads));
  const kvHeads = shape.kvHeads ?? shape.heads;
  const { mla } = shape;
  const queryHeadSize = mla === undefined ? headSize : mla.nopeSize + mla.ropeSize;
  const valueHeadSize = mla === undefined ? headSize : mla.vSize;
  const querySize = shape.heads * queryHeadSize;
  const expertFfn = shape.expertFfn > 0 ? shape.expertFfn : shape.ffn;
  const spans = attentionSpans(shape);
  const sizes = {
    hidden: shape.hidden,
    layers: shape.layers,
    expertLayers: shape.experts > 0 ? Math.max(0, shape.layers - shape.denseLayers) : 0,
    vocab: shape.vocab,
    seq: shape.seq,
    heads: shape.heads,
    queryHeadSize,
    valueHeadSize,
    querySize,
    keyValueSize:
      mla === undefined ? 2 * kvHeads * headSize : shape.heads * (queryHeadSize + valueHeadSize),
    attentionOutputSize: shape.heads * valueHeadSize,
    latent:
      mla === undefined
        ? undefined
        : { queryRank: mla.qRank, keyValueRank: mla.kvRank, ropeSize: mla.ropeSize },
    projectedSize: querySize + (mla === undefined ? 2 * kvHeads * headSize : 0),
    ffn: shape.ffn,
    everySecondProduct: everySecondProduct(shape, { querySize, keySize: kvHeads * headSize }),
    inputMatrices: shape.gated ? 2 : 1,
    experts: shape.experts,
    topK: shape.topK > 0 ? shape.topK : 1,
    expertFfn,
    sharedFfn: shape.sharedExperts * expertFfn,
    mtpLayers: shape.mtpLayers,
    context: spans.reduce((sum, span) => sum + span.share * span.context, 0),
    spans,
    isBidirectional: shape.bidirectional,
    isTied: shape.tiedEmbeddings,
  };
  return { ...sizes, parameters: countParameters(sizes) };
}

/** Keys, the output of attention, and the gate or the output of the feed-forward part; half where experts differ. */
function everySecondProduct(
  { ffn, gated, experts, mla }: TransformerShape,
  { querySize, keySize }: { querySize: number; keySize: number },
): number {
  if (experts > 0 || mla !== undefined) return 1 / 2;
  return (keySize + querySize + ffn) / (2 * querySize + 2 * keySize + (gated ? 3 : 2) * ffn);
}

/** Kinds of layers by how far they look back; causal attention sees half of a sequence in the mean. */
function attentionSpans(shape: TransformerShape): TransformerSizes["spans"] {
  const { seq, slidingWindow: window, slidingWindowEvery: every } = shape;
  const whole = { context: shape.bidirectional ? seq : seq / 2, keys: seq };
  if (window === undefined || window >= seq) return [{ share: 1, ...whole }];
  const context = shape.bidirectional ? window : window - (window * window) / (2 * seq);
  const local = { context, keys: window };
  if (every === undefined) return [{ share: 1, ...local }];
  return [
    { share: 1 / every, ...whole },
    { share: 1 - 1 / every, ...local },
  ];
}

function countParameters(sizes: Omit<TransformerSizes, "parameters">): ParameterCounts {
  const { hidden, inputMatrices } = sizes;
  const attention = attentionParameters(sizes) + 2 * hidden;
  const denseFfn = (inputMatrices + 1) * hidden * sizes.ffn;
  const expert = sizes.experts > 0 ? (inputMatrices + 1) * hidden * sizes.expertFfn : 0;
  const sharedExperts =
    sizes.experts > 0 ? (inputMatrices + 1) * hidden * sizes.sharedFfn + hidden * sizes.experts : 0;
  const embedding = sizes.vocab * hidden;
  const output = sizes.isTied ? 0 : embedding;
  const expertLayer = sizes.experts * expert + sharedExperts;
  const lastLayer = sizes.expertLayers > 0 ? expertLayer : denseFfn;
  const total =
    sizes.layers * attention +
    (sizes.layers - sizes.expertLayers) * denseFfn +
    sizes.expertLayers * expertLayer +
    sizes.mtpLayers * (attention + lastLayer + 2 * hidden * hidden) +
    embedding +
    output;
  return { attention, denseFfn, expert, sharedExperts, embedding, output, total };
}

function attentionParameters(sizes: Omit<TransformerSizes, "parameters">): number {
  const { hidden, latent } = sizes;
  const output = sizes.attentionOutputSize * hidden;
  if (latent === undefined) return sizes.projectedSize * hidden + output;
  const { queryRank, keyValueRank, ropeSize } = latent;
  const query =
    queryRank > 0 ? hidden * queryRank + queryRank * sizes.querySize : hidden * sizes.querySize;
  const compressed = hidden * (keyValueRank + ropeSize);
  const expanded = keyValueRank * (sizes.keyValueSize - sizes.heads * ropeSize);
  return query + compressed + expanded + output;
}
