import type { TransformerShape } from "../../schema/plan/model-shape.ts";
import type { ConfigFields } from "./config-fields.ts";
import { allBiases, noExtras, plainShape, type ConfigModel } from "./config-model.ts";
import { usualShape } from "./llama-like.ts";

/** GPT-2. */
export function readGpt2(fields: ConfigFields): ConfigModel {
  const hidden = fields.count("n_embd");
  const positions = fields.count("n_positions", "n_ctx");
  return {
    shape: {
      ...plainShape,
      hidden,
      layers: fields.count("n_layer"),
      heads: fields.count("n_head"),
      ffn: fields.optionalCount("n_inner") ?? 4 * hidden,
      vocab: fields.count("vocab_size"),
      seq: positions,
      tiedEmbeddings: fields.flag("tie_word_embeddings", true),
    },
    extras: { ...allBiases, positions },
  };
}

/** GPT-J: one norm for both halves of a layer, and an output matrix with a bias. */
export function readGptJ(fields: ConfigFields): ConfigModel {
  const { shape } = readGpt2(fields);
  return {
    shape: {
      ...shape,
      tiedEmbeddings: fields.flag("tie_word_embeddings"),
      parallelBlock: true,
    },
    extras: { ...noExtras, layerNorms: 1, normBias: true, ffnBias: true, headBias: true },
  };
}

/** GPT-NeoX and Pythia. */
export function readGptNeox(fields: ConfigFields): ConfigModel {
  const hasBias = fields.flag("attention_bias", true);
  return {
    shape: {
      ...usualShape(fields),
      gated: false,
      parallelBlock: fields.flag("use_parallel_residual", true),
    },
    extras: { ...allBiases, queryBias: hasBias, keyValueBias: hasBias, outputBias: hasBias },
  };
}

/** Phi-1 and Phi-2: a parallel block with one norm, biases everywhere. */
export function readPhi(fields: ConfigFields): ConfigModel {
  return {
    shape: { ...usualShape(fields), gated: false, parallelBlock: true },
    extras: { ...allBiases, layerNorms: 1, headBias: true },
  };
}

/** StarCoder2: biases everywhere, grouped queries. */
export function readStarcoder2(fields: ConfigFields): ConfigModel {
  const window = fields.optionalCount("sliding_window");
  return {
    shape: {
      ...usualShape(fields),
      gated: false,
      tiedEmbeddings: fields.flag("tie_word_embeddings", true),
      ...(window === undefined ? {} : { slidingWindow: window }),
    },
    extras: fields.flag("use_bias", true) ? allBiases : { ...noExtras, normBias: true },
  };
}

/** Falcon 7B and 40B. */
export function readFalcon(fields: ConfigFields): ConfigModel {
  if (fields.flag("alibi")) fields.refuse("alibi", "false");
  const hidden = fields.count("hidden_size");
  const heads = fields.count("num_attention_heads", "n_head");
  const isNew = fields.flag("new_decoder_architecture");
  const isMultiQuery = fields.flag("multi_query", true);
  const kvHeads = isNew ? fields.count("num_kv_heads", "n_head_kv") : isMultiQuery ? 1 : heads;
  const isParallel = isNew || fields.flag("parallel_attn", true);
  const hasBias = fields.flag("bias");
  const norms = isNew ? (fields.optionalCount("num_ln_in_parallel_attn") ?? 2) : isParallel ? 1 : 2;
  return {
    shape: {
      ...plainShape,
      hidden,
      layers: fields.count("num_hidden_layers", "n_layer"),
      heads,
      kvHeads,
      ffn: fields.optionalCount("ffn_hidden_size") ?? 4 * hidden,
      vocab: fields.count("vocab_size"),
      seq: fields.optionalCount("max_position_embeddings") ?? 2048,
      tiedEmbeddings: fields.flag("tie_word_embeddings", true),
      parallelBlock: isParallel,
    },
    extras: {
      ...noExtras,
      layerNorms: norms,
      normBias: true,
      queryBias: hasBias,
      keyValueBias: hasBias,
      outputBias: hasBias,
      ffnBias: hasBias,
    },
  };
}

/** MPT: no biases at all, not even of norms, if `no_bias`. */
export function readMpt(fields: ConfigFields): ConfigModel {
  const hidden = fields.count("d_model");
  const isPlain = fields.flag("no_bias", true);
  return {
    shape: {
      ...plainShape,
      hidden,
      layers: fields.count("n_layers"),
      heads: fields.count("n_heads"),
      ffn: (fields.optionalCount("expansion_ratio") ?? 4) * hidden,
      vocab: fields.count("vocab_size"),
      seq: fields.count("max_seq_len"),
      tiedEmbeddings: fields.flag("tie_word_embeddings", true),
    },
    extras: {
      ...(isPlain ? noExtras : allBiases),
      positions: fields.flag("learned_pos_emb") ? fields.count("max_seq_len") : 0,
    },
  };
}

/** OPT: two more positions than the sequence has. */
export function readOpt(fields: ConfigFields): ConfigModel {
  const hidden = fields.count("hidden_size");
  const projected = fields.optionalCount("word_embed_proj_dim") ?? hidden;
  if (projected !== hidden) fields.refuse("word_embed_proj_dim", "the hidden size");
  const seq = fields.count("max_position_embeddings");
  return {
    shape: {
      ...plainShape,
      hidden,
      layers: fields.count("num_hidden_layers"),
      heads: fields.count("num_attention_heads"),
      ffn: fields.count("ffn_dim"),
      vocab: fields.count("vocab_size"),
      seq,
      tiedEmbeddings: fields.flag("tie_word_embeddings", true),
    },
    extras: { ...allBiases, positions: seq + 2 },
  };
}

/** BLOOM: a norm after the embedding. */
export function readBloom(fields: ConfigFields): ConfigModel {
  const hidden = fields.count("hidden_size", "n_embed");
  return {
    shape: {
      ...plainShape,
      hidden,
      layers: fields.count("num_hidden_layers", "n_layer"),
      heads: fields.count("num_attention_heads", "n_head"),
      ffn: 4 * hidden,
      vocab: fields.count("vocab_size"),
      seq: fields.optionalCount("seq_length") ?? 2048,
      tiedEmbeddings: fields.flag("tie_word_embeddings", true),
    },
    extras: { ...allBiases, other: 2 * hidden },
  };
}

/** BERT and RoBERTa: positions, kinds of tokens, a norm after them, and a pooler at the end. */
export function readBert(fields: ConfigFields): ConfigModel {
  const shape: TransformerShape = {
    ...usualShape(fields),
    gated: false,
    bidirectional: true,
    tiedEmbeddings: true,
  };
  const { hidden } = shape;
  const kinds = fields.optionalCount("type_vocab_size") ?? 2;
  return {
    shape,
    extras: {
      ...allBiases,
      finalNorm: false,
      positions: shape.seq,
      other: (kinds + 2) * hidden + hidden * hidden + hidden,
    },
  };
}
