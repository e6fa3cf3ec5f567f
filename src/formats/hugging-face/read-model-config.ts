import { nearestWord } from "../../foundation/text/nearest-word.ts";
import { UserError } from "../../foundation/errors/user-error.ts";
import type { TransformerShape } from "../../schema/plan/model-shape.ts";
import { configFields, type ConfigFields } from "./config-fields.ts";
import type { ConfigModel } from "./config-model.ts";
import { configParameters } from "./config-parameters.ts";
import * as gpt from "./gpt-like.ts";
import * as llama from "./llama-like.ts";
import * as mixed from "./mixed-experts.ts";
import { readCohere, readGlm4, readNemotron } from "./other-dense.ts";

/** A model as its `config.json` describes it. */
export interface ModelOfConfig {
  /** `model_type`: `llama`, `qwen3_moe`. */
  architecture: string;
  /** `seq` is the longest sequence that the configuration names. */
  shape: TransformerShape;
  /** All parameters: exact, with biases, norms and positions. */
  parameters: number;
  /** What the configuration describes and `shape` does not. */
  notes: readonly string[];
}

const readers: Readonly<Record<string, (fields: ConfigFields) => ConfigModel>> = {
  bert: gpt.readBert,
  bloom: gpt.readBloom,
  cohere: readCohere,
  cohere2: readCohere,
  deepseek_v2: mixed.readDeepSeek,
  deepseek_v3: mixed.readDeepSeek,
  ernie4_5: llama.readLlama,
  ernie4_5_moe: mixed.readErnieMoe,
  falcon: gpt.readFalcon,
  gemma: llama.readGemma,
  gemma2: llama.readGemma,
  gemma3_text: llama.readGemma3,
  glm4: readGlm4,
  glm4_moe: mixed.readGlmMoe,
  gpt2: gpt.readGpt2,
  gpt_neox: gpt.readGptNeox,
  gpt_oss: mixed.readGptOss,
  gptj: gpt.readGptJ,
  granite: llama.readLlama,
  granitemoe: llama.readMixtral,
  kimi_k2: mixed.readDeepSeek,
  llama: llama.readLlama,
  llama4_text: mixed.readLlama4,
  minimax_m2: mixed.readMiniMax,
  mistral: llama.readLlama,
  mixtral: llama.readMixtral,
  mpt: gpt.readMpt,
  nemotron: readNemotron,
  olmo: llama.readOlmo,
  olmo2: llama.readOlmo2,
  olmo3: llama.readOlmo2,
  opt: gpt.readOpt,
  phi: gpt.readPhi,
  phi3: llama.readPhi3,
  qwen2: llama.readQwen2,
  qwen2_5_vl: llama.readQwen2,
  qwen2_5_vl_text: llama.readQwen2,
  qwen2_moe: llama.readQwen2Moe,
  qwen3: llama.readQwen3,
  qwen3_moe: llama.readQwen3Moe,
  qwen3_vl_moe_text: llama.readQwen3Moe,
  qwen3_vl_text: llama.readQwen3,
  roberta: gpt.readBert,
  smollm3: llama.readLlama,
  starcoder2: gpt.readStarcoder2,
};

/**
 * Values that published configurations leave out because they are the defaults of Transformers.
 *
 * @see https://github.com/huggingface/transformers `Gemma3TextConfig`
 */
const omittedFields: Readonly<Record<string, Readonly<Record<string, unknown>>>> = {
  gemma3_text: {
    vocab_size: 262_208,
    num_attention_heads: 8,
    num_key_value_heads: 4,
    head_dim: 256,
    max_position_embeddings: 131_072,
  },
};

/** Values of `model_type` that can be read. */
export const readableArchitectures: readonly string[] = Object.keys(readers);

/**
 * Reads a Hugging Face `config.json`.
 *
 * @param config parsed JSON
 * @throws UserError `model-config-not-understood` names the field that has no model, and `model-config-incomplete` one
 * that is missing
 */
export function readModelConfig(config: unknown): ModelOfConfig {
  const { fields: object, notes } = textPart(objectOf(config));
  const fields = configFields({ ...omittedFields[String(object["model_type"])], ...object });
  const reader = Object.hasOwn(readers, fields.type) ? readers[fields.type] : undefined;
  if (reader === undefined) throw unknownArchitecture(fields.type, object);
  const model = reader(fields);
  const parameters = configParameters(model);
  checkPlausible(model.shape, parameters);
  return { architecture: fields.type, shape: model.shape, parameters, notes };
}

/** More than any model that was trained. */
const mostParameters = 1e15;

function checkPlausible({ hidden, heads, headSize }: TransformerShape, parameters: number): void {
  if (headSize === undefined && hidden % heads !== 0) {
    throw new UserError(
      "model-config-not-understood",
      `the hidden size ${hidden} does not divide by ${heads} attention heads`,
      { hint: "models with other head sizes have the field `head_dim`" },
    );
  }
  if (Number.isSafeInteger(parameters) && parameters <= mostParameters) return;
  throw new UserError(
    "model-config-not-understood",
    "the model's sizes together give more than 1e15 parameters",
    { hint: "check the sizes in `config.json`" },
  );
}

function objectOf(config: unknown): Readonly<Record<string, unknown>> {
  if (typeof config !== "object" || config === null || Array.isArray(config)) {
    throw new UserError("model-config-not-understood", "not a Hugging Face `config.json`", {
      saw: JSON.stringify(config)?.slice(0, 80),
      hint: "the file must be a JSON object with `model_type`",
    });
  }
  return Object.fromEntries(Object.entries(config));
}

/** Models that also read images keep the sizes of their language model in `text_config`. */
function textPart(config: Readonly<Record<string, unknown>>): {
  fields: Readonly<Record<string, unknown>>;
  notes: readonly string[];
} {
  const text = config["text_config"];
  const isOnlyText = config["vision_config"] === undefined && config["audio_config"] === undefined;
  if (text === undefined || text === null)
    return { fields: config, notes: isOnlyText ? [] : [onlyTextNote("the language model")] };
  return {
    fields: objectOf(text),
    notes: [onlyTextNote("the language model (`text_config`)")],
  };
}

function onlyTextNote(what: string): string {
  return `only ${what} is counted, not what reads images or sound`;
}

function unknownArchitecture(type: string, config: Readonly<Record<string, unknown>>): UserError {
  if (type === "") {
    return new UserError(
      "model-config-incomplete",
      "the model's configuration has no `model_type`",
      {
        hint: `is this a Hugging Face \`config.json\`? It has ${Object.keys(config).slice(0, 5).join(", ")}`,
      },
    );
  }
  const isEncoderDecoder = config["is_encoder_decoder"] === true;
  const nearest = nearestWord(type, readableArchitectures);
  const near = nearest === undefined ? "" : `the closest known one is \`${nearest}\`; `;
  return new UserError(
    "model-config-not-understood",
    isEncoderDecoder
      ? `the model's field \`model_type\` is not understood: \`${type}\` has an encoder and a decoder, which is not modeled`
      : `the model's field \`model_type\` is not understood: \`${type}\` is not modeled`,
    { hint: `${near}known: ${readableArchitectures.join(", ")}` },
  );
}
