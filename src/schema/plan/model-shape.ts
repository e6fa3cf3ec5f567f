import { z } from "zod";

const count = z.number().int().positive();
const countOrNone = z.number().int().nonnegative();

/** Multi-head latent attention: ranks of the compressed queries and keys, and sizes of one head. */
export const latentAttention = z.strictObject({
  qRank: countOrNone,
  kvRank: count,
  ropeSize: count,
  nopeSize: count,
  vSize: count,
});
export type LatentAttention = z.output<typeof latentAttention>;

/** A transformer: dense or mixture of experts, decoder or encoder. Sizes are in elements. */
export const transformerShape = z.strictObject({
  hidden: count,
  layers: count,
  heads: count,
  /** Fewer than `heads` for grouped-query attention; default: `heads`. */
  kvHeads: count.optional(),
  /** Default: `hidden / heads`. */
  headSize: count.optional(),
  /** Inner size of a dense feed-forward layer. */
  ffn: count,
  vocab: count,
  /** SwiGLU and the like: three matrices instead of two. */
  gated: z.boolean().default(false),
  /** Tokens of a sequence. */
  seq: count,
  /** Routed experts of a layer; 0: dense. */
  experts: countOrNone.default(0),
  /** Routed experts that a token visits. */
  topK: countOrNone.default(0),
  /** Inner size of one expert; default: `ffn`. */
  expertFfn: countOrNone.default(0),
  /** Experts add biases and clamp what they activate, as those of gpt-oss. */
  expertBias: z.boolean().optional(),
  /** Experts that every token visits. */
  sharedExperts: countOrNone.default(0),
  /** First layers without experts. */
  denseLayers: countOrNone.default(0),
  mla: latentAttention.optional(),
  /** Additional layers that predict tokens further ahead. */
  mtpLayers: countOrNone.default(0),
  /** Tokens that attention looks back; default: the whole sequence. */
  slidingWindow: count.optional(),
  /** One in this many layers looks back over the whole sequence; default: none does, if `slidingWindow` is given. */
  slidingWindowEvery: count.optional(),
  /** Input and output embedding are one matrix. */
  tiedEmbeddings: z.boolean().default(false),
  /** Attention and feed-forward layer read the same input, as in GPT-J and PaLM. */
  parallelBlock: z.boolean().default(false),
  /** Every token attends to every other, as in BERT. */
  bidirectional: z.boolean().default(false),
});
export type TransformerShape = z.output<typeof transformerShape>;

/** A model by its name in Pitwall's table, by a Hugging Face `config.json`, or by its sizes. */
export const modelReference = z.union([
  z.strictObject({ name: z.string(), seq: count.optional(), layers: count.optional() }),
  z.strictObject({ config: z.string(), seq: count.optional(), layers: count.optional() }),
  transformerShape,
]);
export type ModelReference = z.output<typeof modelReference>;
