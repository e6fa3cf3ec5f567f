import { describe, expect, test } from "vitest";
import { statedSetting } from "./stated-settings.ts";

describe("a setting of a training", () => {
  test.each([
    ["tensor_model_parallel_size", "4", { kind: "field", field: "tp", value: "4" }],
    ["model.pipeline_model_parallel_size", "8", { kind: "field", field: "pp", value: "8" }],
    ["parallelism/context_parallel_degree", "2", { kind: "field", field: "cp", value: "2" }],
    ["per_device_train_batch_size", "16", { kind: "field", field: "microBatch", value: "16" }],
    ["gradient_accumulation_steps", "24.0", { kind: "field", field: "accumulation", value: "24" }],
    ["bf16", "True", { kind: "field", field: "precision", value: "bf16" }],
    ["trainer.precision", "bf16-mixed", { kind: "field", field: "precision", value: "bf16" }],
    ["fp8", "hybrid", { kind: "field", field: "precision", value: "fp8" }],
    ["fp8", "None", { kind: "none" }],
    ["recompute_granularity", "full", { kind: "field", field: "recompute", value: "full" }],
    ["num_layers", "32", { kind: "size", size: "layers", value: 32 }],
    [
      "_name_or_path",
      "meta-llama/Llama-3.1-8B",
      { kind: "model", name: "meta-llama/Llama-3.1-8B" },
    ],
    ["tensor_model_parallel_size", "auto", { kind: "none" }],
    ["learning_rate", "0.1", { kind: "none" }],
  ] as const)("%s %s is %o", (name, value, expected) => {
    expect(statedSetting(name, value)).toEqual(expected);
  });
});
