import type { TransformerShape } from "../../schema/plan/model-shape.ts";

/** Parameters of a transformer by the part that holds them; biases and learned positions are not counted. */
export interface ParameterCounts {
  /** Attention of one layer, without norms. */
  attention: number;
  /** Of `attention`, what tensor parallelism does not divide: the compressing projections of latent attention. */
  attentionReplicated: number;
  /** Feed-forward matrices of one dense layer. */
  denseFfn: number;
  /** All routed experts of one layer. */
  routedExperts: number;
  /** One routed expert. */
  oneExpert: number;
  /** Experts of one layer that every token visits. */
  sharedExperts: number;
  router: number;
  /** Norms of one layer. */
  norms: number;
  embedding: number;
  /** Output matrix; 0 if it is the embedding. */
  head: number;
  /** Layers with dense feed-forward matrices. */
  denseLayers: number;
  /** Layers with experts, without those that predict tokens further ahead. */
  expertLayers: number;
  /** One layer that predicts a token further ahead. */
  mtpLayer: number;
}

const counted = new WeakMap<TransformerShape, ParameterCounts>();

/** Counts the parameters of each part of a transformer; the same object for the same shape. */
export function countParameters(shape: TransformerShape): ParameterCounts {
  let counts = counted.get(shape);
  if (counts === undefined) counted.set(shape, (counts = partsOf(shape)));
  return counts;
}

function partsOf(shape: TransformerShape): ParameterCounts {
  const { hidden, layers, vocab } = shape;
  const attention = attentionParameters(shape);
  const matrices = shape.gated ? 3 : 2;
  const denseFfn = matrices * hidden * shape.ffn;
  const oneExpert = matrices * hidden * (shape.expertFfn === 0 ? shape.ffn : shape.expertFfn);
  const denseLayers = shape.experts === 0 ? layers : Math.min(shape.denseLayers, layers);
  const router = shape.experts * hidden;
  const norms = (shape.parallelBlock ? 1 : 2) * hidden;
  const latentNorms = shape.mla === undefined ? 0 : shape.mla.qRank + shape.mla.kvRank;
  const routedExperts = shape.experts * oneExpert;
  const sharedExperts = shape.sharedExperts * oneExpert;
  const layerFfn = shape.experts === 0 ? denseFfn : routedExperts + sharedExperts + router;
  return {
    attention: attention.all,
    attentionReplicated: attention.replicated,
    denseFfn,
    routedExperts,
    oneExpert,
    sharedExperts,
    router,
    norms: norms + latentNorms,
    embedding: vocab * hidden,
    head: shape.tiedEmbeddings ? 0 : vocab * hidden,
    denseLayers,
    expertLayers: layers - denseLayers,
    mtpLayer: attention.all + layerFfn + norms + latentNorms + 2 * hidden * hidden + 3 * hidden,
  };
}

/** Parameters of the whole model. */
export function totalParameters(shape: TransformerShape): number {
  const counts = countParameters(shape);
  const each = counts.attention + counts.norms;
  const dense = counts.denseLayers * (each + counts.denseFfn);
  const expert =
    counts.expertLayers * (each + counts.routedExperts + counts.sharedExperts + counts.router);
  const ahead = shape.mtpLayers * counts.mtpLayer;
  return counts.embedding + counts.head + shape.hidden + dense + expert + ahead;
}

/** Query heads, heads of keys and values, and the size of one head. */
export function headSizes(shape: TransformerShape): {
  heads: number;
  kvHeads: number;
  headSize: number;
} {
  const { heads } = shape;
  return {
    heads,
    kvHeads: shape.kvHeads ?? heads,
    headSize: shape.headSize ?? shape.hidden / heads,
  };
}

function attentionParameters(shape: TransformerShape): { all: number; replicated: number } {
  const { hidden, heads, mla } = shape;
  if (mla === undefined) {
    const { kvHeads, headSize } = headSizes(shape);
    return { all: 2 * hidden * headSize * (heads + kvHeads), replicated: 0 };
  }
  const queryKey = mla.nopeSize + mla.ropeSize;
  const compress = hidden * mla.qRank + hidden * (mla.kvRank + mla.ropeSize);
  const queries = (mla.qRank === 0 ? hidden : mla.qRank) * heads * queryKey;
  const keysAndValues = mla.kvRank * heads * (mla.nopeSize + mla.vSize);
  const output = heads * mla.vSize * hidden;
  return { all: compress + queries + keysAndValues + output, replicated: compress };
}
