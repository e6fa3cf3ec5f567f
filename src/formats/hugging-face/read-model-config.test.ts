import fc from "fast-check";
import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { z } from "zod";
import { UserError } from "../../foundation/user-error.ts";
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

describe("readModelConfig", () => {
  test.each(published)("counts the parameters of $name exactly", ({ parameters, config }) => {
    expect(readModelConfig(config).parameters).toBe(parameters);
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
