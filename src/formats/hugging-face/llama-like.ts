import type { TransformerShape } from "../../schema/plan/model-shape.ts";
import type { ConfigFields } from "./config-fields.ts";
import { noExtras, plainShape, type ConfigModel } from "./config-model.ts";

/** Sizes under the names that most configurations use since Llama. */
export function usualShape(fields: ConfigFields): TransformerShape {
  const heads = fields.count("num_attention_heads");
  const kvHeads = fields.optionalCount("num_key_value_heads");
  const headSize = fields.optionalCount("head_dim");
  return {
    ...plainShape,
    hidden: fields.count("hidden_size"),
    layers: fields.count("num_hidden_layers"),
    heads,
    ...(kvHeads === undefined || kvHeads === heads ? {} : { kvHeads }),
    ...(headSize === undefined ? {} : { headSize }),
    ffn: fields.count("intermediate_size"),
    vocab: fields.count("vocab_size"),
    gated: true,
    seq: fields.count("max_position_embeddings"),
    tiedEmbeddings: fields.flag("tie_word_embeddings"),
  };
}

/** Llama, Mistral, SmolLM3, Granite and others of that form. */
export function readLlama(fields: ConfigFields): ConfigModel {
  const hasBias = fields.flag("attention_bias");
  return {
    shape: { ...usualShape(fields), ...slidingWindow(fields) },
    extras: {
      ...noExtras,
      queryBias: hasBias,
      keyValueBias: hasBias,
      outputBias: hasBias,
      ffnBias: fields.flag("mlp_bias"),
    },
  };
}

/** Mistral's window holds for all layers; null: none. */
function slidingWindow(fields: ConfigFields): Pick<TransformerShape, "slidingWindow"> {
  const window = fields.type === "mistral" ? fields.optionalCount("sliding_window") : undefined;
  return window === undefined ? {} : { slidingWindow: window };
}

/** Mixtral. */
export function readMixtral(fields: ConfigFields): ConfigModel {
  return {
    shape: {
      ...usualShape(fields),
      experts: fields.count("num_local_experts"),
      topK: fields.count("num_experts_per_tok"),
      expertFfn: fields.count("intermediate_size"),
    },
    extras: noExtras,
  };
}

/** Qwen2: a bias on queries, keys and values. */
export function readQwen2(fields: ConfigFields): ConfigModel {
  return {
    shape: usualShape(fields),
    extras: { ...noExtras, queryBias: true, keyValueBias: true },
  };
}

/** Qwen2-MoE: shared experts behind a gate. */
export function readQwen2Moe(fields: ConfigFields): ConfigModel {
  const expertFfn = fields.count("moe_intermediate_size");
  const shared = fields.count("shared_expert_intermediate_size");
  if (shared % expertFfn !== 0) {
    fields.refuse("shared_expert_intermediate_size", `a multiple of moe_intermediate_size`);
  }
  const shape = usualShape(fields);
  return {
    shape: { ...shape, ...qwenExperts(fields, expertFfn), sharedExperts: shared / expertFfn },
    extras: {
      ...noExtras,
      queryBias: true,
      keyValueBias: true,
      otherPerExpertLayer: shape.hidden,
    },
  };
}

/** Qwen3: norms of queries and keys. */
export function readQwen3(fields: ConfigFields): ConfigModel {
  const shape = usualShape(fields);
  const hasBias = fields.flag("attention_bias");
  return {
    shape,
    extras: {
      ...noExtras,
      queryKeyNorms: 2 * (shape.headSize ?? shape.hidden / shape.heads),
      queryBias: hasBias,
      keyValueBias: hasBias,
      outputBias: hasBias,
    },
  };
}

/** Qwen3-MoE. */
export function readQwen3Moe(fields: ConfigFields): ConfigModel {
  const { shape, extras } = readQwen3(fields);
  const expertFfn = fields.count("moe_intermediate_size");
  return { shape: { ...shape, ...qwenExperts(fields, expertFfn) }, extras };
}

function qwenExperts(
  fields: ConfigFields,
  expertFfn: number,
): Pick<TransformerShape, "experts" | "topK" | "expertFfn"> {
  if ((fields.optionalCount("decoder_sparse_step") ?? 1) !== 1) {
    fields.refuse("decoder_sparse_step", "1: every layer has experts");
  }
  if ((fields.list("mlp_only_layers") ?? []).length > 0) {
    fields.refuse("mlp_only_layers", "an empty list: every layer has experts");
  }
  return {
    experts: fields.count("num_experts"),
    topK: fields.count("num_experts_per_tok"),
    expertFfn,
  };
}

/** OLMo: norms without parameters. */
export function readOlmo(fields: ConfigFields): ConfigModel {
  return {
    shape: usualShape(fields),
    extras: { ...noExtras, layerNorms: 0, finalNorm: false },
  };
}

/** OLMo 2 and 3: norms after attention and feed-forward layer, and of all queries and keys. */
export function readOlmo2(fields: ConfigFields): ConfigModel {
  const shape = usualShape(fields);
  const headSize = shape.headSize ?? shape.hidden / shape.heads;
  const window = fields.type === "olmo3" ? fields.optionalCount("sliding_window") : undefined;
  return {
    shape: {
      ...shape,
      ...(window === undefined ? {} : { slidingWindow: window, slidingWindowEvery: 4 }),
    },
    extras: {
      ...noExtras,
      queryKeyNorms: headSize * (shape.heads + (shape.kvHeads ?? shape.heads)),
    },
  };
}

/** Phi-3 and Phi-4: one matrix for queries, keys and values, without biases. */
export function readPhi3(fields: ConfigFields): ConfigModel {
  return { shape: usualShape(fields), extras: noExtras };
}

/** Gemma and Gemma 2: embeddings are tied unless said otherwise; Gemma 2 has norms on both sides. */
export function readGemma(fields: ConfigFields): ConfigModel {
  const isSecond = fields.type !== "gemma";
  const shape = { ...usualShape(fields), tiedEmbeddings: fields.flag("tie_word_embeddings", true) };
  const window = fields.optionalCount("sliding_window");
  return {
    shape:
      isSecond && window !== undefined
        ? { ...shape, slidingWindow: window, slidingWindowEvery: 2 }
        : shape,
    extras: { ...noExtras, layerNorms: isSecond ? 4 : 2 },
  };
}

/** Gemma 3: one layer in six attends to everything; queries and keys have norms. */
export function readGemma3(fields: ConfigFields): ConfigModel {
  const { shape, extras } = readGemma(fields);
  const every = fields.optionalCount("sliding_window_pattern") ?? 6;
  return {
    shape: { ...shape, slidingWindowEvery: every },
    extras: { ...extras, queryKeyNorms: 2 * (shape.headSize ?? shape.hidden / shape.heads) },
  };
}
