import type { ConfigFields } from "./config-fields.ts";
import { noExtras, type ConfigModel } from "./config-model.ts";
import { usualShape } from "./llama-like.ts";

/** The experts of models that have the form of DeepSeek's: shared ones, and dense layers before the first of them. */
function expertsOfDeepSeek(fields: ConfigFields) {
  return {
    experts: fields.count("n_routed_experts"),
    topK: fields.count("num_experts_per_tok"),
    expertFfn: fields.count("moe_intermediate_size"),
    sharedExperts: fields.optionalCount("n_shared_experts") ?? 0,
    denseLayers: fields.optionalCount("first_k_dense_replace") ?? 0,
    mtpLayers: fields.optionalCount("num_nextn_predict_layers") ?? 0,
  };
}

/** DeepSeek V2 and V3, and Kimi K2, which has the form of V3: latent attention and experts. */
export function readDeepSeek(fields: ConfigFields): ConfigModel {
  if ((fields.optionalCount("moe_layer_freq") ?? 1) !== 1) {
    fields.refuse("moe_layer_freq", "1: every layer after the first has experts");
  }
  const { headSize: _, kvHeads: __, ...shape } = usualShape(fields);
  const experts = fields.count("n_routed_experts");
  // DeepSeek V3 adds one number to each expert's score to balance the load.
  const isThird = fields.type !== "deepseek_v2";
  return {
    shape: {
      ...shape,
      ...expertsOfDeepSeek(fields),
      mla: {
        qRank: fields.optionalCount("q_lora_rank") ?? 0,
        kvRank: fields.count("kv_lora_rank"),
        ropeSize: fields.count("qk_rope_head_dim"),
        nopeSize: fields.count("qk_nope_head_dim"),
        vSize: fields.count("v_head_dim"),
      },
    },
    extras: { ...noExtras, otherPerExpertLayer: isThird ? experts : 0 },
  };
}

/** gpt-oss: biases on attention, router and experts, and one learned sink per head. */
export function readGptOss(fields: ConfigFields): ConfigModel {
  const shape = usualShape(fields);
  const experts = fields.count("num_local_experts");
  const expertFfn = fields.count("intermediate_size");
  const window = fields.optionalCount("sliding_window");
  return {
    shape: {
      ...shape,
      experts,
      topK: fields.count("num_experts_per_tok", "experts_per_token"),
      expertFfn,
      expertBias: true,
      ...(window === undefined ? {} : { slidingWindow: window, slidingWindowEvery: 2 }),
    },
    extras: {
      ...noExtras,
      queryBias: true,
      keyValueBias: true,
      outputBias: true,
      otherPerLayer: shape.heads,
      otherPerExpertLayer: experts * (1 + 2 * expertFfn + shape.hidden),
    },
  };
}

/** GLM-4.5 and later: attention of grouped queries and experts as in DeepSeek V3. */
export function readGlmMoe(fields: ConfigFields): ConfigModel {
  const shape = usualShape(fields);
  const hasBias = fields.flag("attention_bias");
  const experts = fields.count("n_routed_experts");
  return {
    shape: {
      ...shape,
      ...expertsOfDeepSeek(fields),
    },
    extras: {
      ...noExtras,
      queryBias: hasBias,
      keyValueBias: hasBias,
      queryKeyNorms: fields.flag("use_qk_norm") ? 2 * (shape.headSize ?? 0) : 0,
      otherPerExpertLayer: experts,
    },
  };
}

/** MiniMax M2: a norm of all queries and one of all keys. Its layers that predict further ahead are not published. */
export function readMiniMax(fields: ConfigFields): ConfigModel {
  const shape = usualShape(fields);
  const { headSize = shape.hidden / shape.heads, heads, kvHeads = heads } = shape;
  const experts = fields.count("num_local_experts");
  return {
    shape: {
      ...shape,
      experts,
      topK: fields.count("num_experts_per_tok"),
      expertFfn: fields.count("intermediate_size"),
    },
    extras: {
      ...noExtras,
      queryKeyNorms: fields.flag("use_qk_norm") ? headSize * (heads + kvHeads) : 0,
      otherPerExpertLayer: experts,
    },
  };
}

/** Llama 4 with experts in every layer (Scout): one shared expert. */
export function readLlama4(fields: ConfigFields): ConfigModel {
  if ((fields.optionalCount("interleave_moe_layer_step") ?? 1) !== 1) {
    fields.refuse("interleave_moe_layer_step", "1: every layer has experts");
  }
  return {
    shape: {
      ...usualShape(fields),
      ffn: fields.optionalCount("intermediate_size_mlp") ?? fields.count("intermediate_size"),
      experts: fields.count("num_local_experts"),
      topK: fields.count("num_experts_per_tok"),
      expertFfn: fields.count("intermediate_size"),
      sharedExperts: 1,
    },
    extras: noExtras,
  };
}

/** ERNIE 4.5 with experts. */
export function readErnieMoe(fields: ConfigFields): ConfigModel {
  if ((fields.optionalCount("moe_layer_interval") ?? 1) !== 1) {
    fields.refuse("moe_layer_interval", "1: every layer after the first has experts");
  }
  const experts = fields.count("moe_num_experts");
  return {
    shape: {
      ...usualShape(fields),
      tiedEmbeddings: fields.flag("tie_word_embeddings", true),
      experts,
      topK: fields.count("moe_k"),
      expertFfn: fields.count("moe_intermediate_size"),
      sharedExperts: fields.optionalCount("moe_num_shared_experts") ?? 0,
      denseLayers: fields.optionalCount("moe_layer_start_index") ?? 0,
    },
    extras: { ...noExtras, otherPerExpertLayer: experts },
  };
}
