import fc from "fast-check";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { UserError } from "../../foundation/errors/user-error.ts";
import { readModelConfig } from "./read-model-config.ts";

/** Sizes from the models' `config.json`, and parameters as their pages at Hugging Face count them in the weight files. */
const published = z
  .array(
    z.strictObject({
      name: z.string(),
      parameters: z.number().int(),
      config: z.record(z.string(), z.unknown()),
    }),
  )
  .parse(
    JSON.parse(
      readFileSync(
        new URL("../../../tests/fixtures/hugging-face/configs.json", import.meta.url),
        "utf8",
      ),
    ),
  );

function configOf(name: string): Record<string, unknown> {
  return published.find((one) => one.name === name)?.config ?? {};
}

const llama = configOf("Llama 3.1 8B");
const deepSeekV3 = configOf("DeepSeek V3");

/** Sizes from the models' `config.json`; parameters as their model cards state them, in billions. */
const recent = [
  {
    name: "Llama 4 Scout",
    billions: 107.8,
    config: {
      attention_bias: false,
      attention_chunk_size: 8192,
      head_dim: 128,
      hidden_act: "silu",
      hidden_size: 5120,
      interleave_moe_layer_step: 1,
      intermediate_size: 8192,
      intermediate_size_mlp: 16384,
      max_position_embeddings: 10485760,
      model_type: "llama4_text",
      num_attention_heads: 40,
      num_experts_per_tok: 1,
      num_hidden_layers: 48,
      num_key_value_heads: 8,
      num_local_experts: 16,
      vocab_size: 202048,
      tie_word_embeddings: false,
    },
  },
  {
    name: "MiniMax M2",
    billions: 228.7,
    config: {
      architectures: ["MiniMaxM2ForCausalLM"],
      attn_type_list: [1, 1],
      head_dim: 128,
      hidden_act: "silu",
      hidden_size: 3072,
      intermediate_size: 1536,
      max_position_embeddings: 196608,
      model_type: "minimax_m2",
      num_attention_heads: 48,
      num_experts_per_tok: 8,
      num_hidden_layers: 62,
      num_key_value_heads: 8,
      num_local_experts: 256,
      num_mtp_modules: 3,
      vocab_size: 200064,
      use_qk_norm: true,
      shared_intermediate_size: 0,
      tie_word_embeddings: false,
    },
  },
  {
    name: "Nemotron-4 340B",
    billions: 341.0,
    config: {
      architectures: ["NemotronForCausalLM"],
      model_type: "nemotron",
      hidden_size: 18432,
      intermediate_size: 73728,
      num_attention_heads: 96,
      num_key_value_heads: 8,
      num_hidden_layers: 96,
      vocab_size: 256000,
      hidden_act: "relu2",
      max_position_embeddings: 4096,
      tie_word_embeddings: false,
      head_dim: 192,
    },
  },
  {
    name: "Granite 3.1 3B A800M",
    billions: 3.3,
    config: {
      architectures: ["GraniteMoeForCausalLM"],
      model_type: "granitemoe",
      hidden_size: 1536,
      intermediate_size: 512,
      num_attention_heads: 24,
      num_key_value_heads: 8,
      num_hidden_layers: 32,
      num_local_experts: 40,
      num_experts_per_tok: 8,
      vocab_size: 49155,
      tie_word_embeddings: true,
      max_position_embeddings: 4096,
      hidden_act: "silu",
    },
  },
  {
    name: "GLM-4 9B",
    billions: 9.4,
    config: {
      architectures: ["Glm4ForCausalLM"],
      model_type: "glm4",
      hidden_size: 4096,
      intermediate_size: 13696,
      num_attention_heads: 32,
      num_key_value_heads: 2,
      num_hidden_layers: 40,
      vocab_size: 151552,
      head_dim: 128,
      max_position_embeddings: 32768,
      hidden_act: "silu",
      attention_bias: true,
      tie_word_embeddings: false,
    },
  },
  {
    name: "ERNIE 4.5 21B A3B",
    billions: 21.8,
    config: {
      architectures: ["Ernie4_5_MoeForCausalLM"],
      model_type: "ernie4_5_moe",
      hidden_size: 2560,
      intermediate_size: 12288,
      moe_intermediate_size: 1536,
      moe_k: 6,
      moe_num_experts: 64,
      moe_num_shared_experts: 2,
      moe_layer_start_index: 1,
      num_attention_heads: 20,
      num_key_value_heads: 4,
      num_hidden_layers: 28,
      vocab_size: 103424,
      tie_word_embeddings: true,
      max_position_embeddings: 131072,
      hidden_act: "silu",
    },
  },
  {
    name: "Qwen2.5-VL 7B",
    billions: 7.6,
    config: {
      architectures: ["Qwen2_5_VLForConditionalGeneration"],
      model_type: "qwen2_5_vl",
      hidden_size: 3584,
      intermediate_size: 18944,
      num_attention_heads: 28,
      num_key_value_heads: 4,
      num_hidden_layers: 28,
      vocab_size: 152064,
      max_position_embeddings: 128000,
      hidden_act: "silu",
      tie_word_embeddings: false,
    },
  },
];

const glmAir = {
  model_type: "glm4_moe",
  attention_bias: true,
  head_dim: 128,
  hidden_size: 4096,
  intermediate_size: 10944,
  max_position_embeddings: 131072,
  moe_intermediate_size: 1408,
  n_routed_experts: 128,
  n_shared_experts: 1,
  num_experts_per_tok: 8,
  first_k_dense_replace: 1,
  num_hidden_layers: 46,
  num_attention_heads: 96,
  num_key_value_heads: 8,
  num_nextn_predict_layers: 1,
  use_qk_norm: false,
  vocab_size: 151552,
};

describe("readModelConfig", () => {
  test.each(published)("counts the parameters of $name exactly", ({ parameters, config }) => {
    expect(readModelConfig(config).parameters).toBe(parameters);
  });

  test.each(recent)("counts about $billions B parameters of $name", ({ config, billions }) => {
    expect(readModelConfig(config).parameters / 1e9).toBeCloseTo(billions, 0);
  });

  test("counts the layer of GLM-4.5 Air that predicts further ahead", () => {
    const { parameters, shape } = readModelConfig(glmAir);
    expect(shape).toMatchObject({ experts: 128, topK: 8, denseLayers: 1, mtpLayers: 1 });
    expect(parameters / 1e9).toBeCloseTo(109.2, 1);
  });

  test("says that a configuration without `text_config` also reads images", () => {
    const { notes } = readModelConfig({ ...llama, vision_config: { hidden_size: 1280 } });
    expect(notes).toEqual(["only the language model is counted, not what reads images or sound"]);
  });

  test("reads the sizes of Llama 3.1 8B", () => {
    expect(readModelConfig(llama).shape).toEqual({
      hidden: 4096,
      layers: 32,
      heads: 32,
      kvHeads: 8,
      ffn: 14336,
      vocab: 128256,
      gated: true,
      seq: 131072,
      experts: 0,
      topK: 0,
      expertFfn: 0,
      sharedExperts: 0,
      denseLayers: 0,
      mtpLayers: 0,
      tiedEmbeddings: false,
      parallelBlock: false,
      bidirectional: false,
    });
  });

  test("reads the language model of a configuration with several parts, and says so", () => {
    const { shape, notes } = readModelConfig({
      model_type: "mistral3",
      text_config: { ...llama, model_type: "mistral" },
      vision_config: { hidden_size: 1024 },
    });
    expect(shape.hidden).toBe(4096);
    expect(notes).toEqual([
      "only the language model (`text_config`) is counted, not what reads images or sound",
    ]);
  });

  test.each([
    {
      name: "an unknown architecture by its field",
      config: { ...llama, model_type: "mamba2" },
      message: "the model's field `model_type` is not understood: `mamba2` is not modeled",
    },
    {
      name: "an encoder with a decoder",
      config: { model_type: "t5", is_encoder_decoder: true, d_model: 512 },
      message:
        "the model's field `model_type` is not understood: `t5` has an encoder and a decoder, which is not modeled",
    },
    {
      name: "a file without `model_type`",
      config: { name: "x" },
      message: "the model's configuration has no `model_type`",
    },
    {
      name: "a missing size",
      config: { ...llama, hidden_size: undefined },
      message: "the model's configuration has no field `hidden_size`",
    },
    {
      name: "a size that is not a number",
      config: { ...llama, hidden_size: "4096" },
      message: "the model's field `hidden_size` is not understood",
    },
    {
      name: "a size of 0",
      config: { ...llama, num_hidden_layers: 0 },
      message: "the model's field `num_hidden_layers` is not understood",
    },
    {
      name: "experts in some layers alone",
      config: { ...deepSeekV3, moe_layer_freq: 2 },
      message: "the model's field `moe_layer_freq` is not understood",
    },
    {
      name: "a list",
      config: [1, 2],
      message: "not a Hugging Face `config.json`",
    },
    { name: "nothing", config: null, message: "not a Hugging Face `config.json`" },
  ])("refuses $name", ({ config, message }) => {
    expect(() => readModelConfig(config)).toThrow(message);
  });

  test("refuses any value of any field with an error for the user, or reads it", () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...published),
        fc.constantFrom(...Object.keys(llama), "num_local_experts", "n_head", "bias"),
        fc.jsonValue(),
        ({ config }, field, value) => {
          const outcome = outcomeOf({ ...config, [field]: value });
          expect(outcome === "read" || outcome instanceof UserError).toBe(true);
        },
      ),
    );
  });
});

function outcomeOf(config: unknown): unknown {
  try {
    const { parameters } = readModelConfig(config);
    return Number.isSafeInteger(parameters) ? "read" : parameters;
  } catch (error) {
    return error;
  }
}
