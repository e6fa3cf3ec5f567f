import type { TransformerSizes } from "./transformer-sizes.ts";

/** FLOP of one token in one step, forward and backward, of the whole model. */
export interface ModelFlop {
  /** Causal attention counts as half. */
  perToken: number;
  /** Attention counts every pair of tokens. */
  perTokenFullAttention: number;
  /** Forward only; what full recomputation adds. */
  forwardPerToken: number;
}

/**
 * Products with weights (2 FLOP per parameter that a token visits) and attention; backward twice as much. Embedding
 * look-ups and element-wise work do not count.
 *
 * @see Narayanan et al. 2021, arXiv:2104.04473, appendix; Chowdhery et al. 2022, arXiv:2204.02311, appendix B
 */
export function modelFlop(sizes: TransformerSizes): ModelFlop {
  const { parameters } = sizes;
  const expertLayer = parameters.sharedExperts + sizes.topK * parameters.expert;
  const last = sizes.expertLayers > 0 ? expertLayer : parameters.denseFfn;
  const output = sizes.vocab * sizes.hidden;
  const matrices =
    sizes.layers * parameters.attention +
    (sizes.layers - sizes.expertLayers) * parameters.denseFfn +
    sizes.expertLayers * expertLayer +
    output +
    sizes.mtpLayers * (parameters.attention + last + output + 2 * sizes.hidden * sizes.hidden);
  const perKey = 2 * sizes.heads * (sizes.queryHeadSize + sizes.valueHeadSize);
  const attentionLayers = sizes.layers + sizes.mtpLayers;
  const attention = attentionLayers * perKey * sizes.context;
  const full = sizes.isBidirectional ? attention : 2 * attention;
  return {
    perToken: 3 * (2 * matrices + attention),
    perTokenFullAttention: 3 * (2 * matrices + full),
    forwardPerToken: 2 * matrices + attention,
  };
}
