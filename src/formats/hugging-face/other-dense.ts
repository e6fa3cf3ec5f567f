import type { ConfigFields } from "./config-fields.ts";
import { noExtras, type ConfigModel } from "./config-model.ts";
import { usualShape } from "./llama-like.ts";

/** Command R and R7B: one norm for both halves of a layer; every fourth layer of Cohere 2 attends to everything. */
export function readCohere(fields: ConfigFields): ConfigModel {
  const shape = usualShape(fields);
  const { headSize = shape.hidden / shape.heads, heads, kvHeads = heads } = shape;
  const hasBias = fields.flag("attention_bias");
  const window = fields.type === "cohere2" ? fields.optionalCount("sliding_window") : undefined;
  return {
    shape: {
      ...shape,
      parallelBlock: true,
      tiedEmbeddings: fields.flag("tie_word_embeddings", true),
      ...(window === undefined
        ? {}
        : {
            slidingWindow: window,
            slidingWindowEvery: fields.optionalCount("sliding_window_pattern") ?? 4,
          }),
    },
    extras: {
      ...noExtras,
      layerNorms: 1,
      queryBias: hasBias,
      keyValueBias: hasBias,
      outputBias: hasBias,
      queryKeyNorms: fields.flag("use_qk_norm") ? headSize * (heads + kvHeads) : 0,
    },
  };
}

/** GLM-4: norms before and after attention and feed-forward layer. */
export function readGlm4(fields: ConfigFields): ConfigModel {
  const hasBias = fields.flag("attention_bias");
  return {
    shape: usualShape(fields),
    extras: { ...noExtras, layerNorms: 4, queryBias: hasBias, keyValueBias: hasBias },
  };
}

/** Nemotron: squared ReLU without a gate, and norms with a bias. */
export function readNemotron(fields: ConfigFields): ConfigModel {
  const hasBias = fields.flag("attention_bias");
  return {
    shape: { ...usualShape(fields), gated: false },
    extras: {
      ...noExtras,
      normBias: true,
      queryBias: hasBias,
      keyValueBias: hasBias,
      outputBias: hasBias,
      ffnBias: fields.flag("mlp_bias"),
    },
  };
}
