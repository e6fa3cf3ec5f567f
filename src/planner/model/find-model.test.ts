import { describe, expect, test } from "vitest";
import { plannerModelList } from "../../schema/plan/planner-models.ts";
import { findModel } from "./find-model.ts";

const model = (name: string, aliases: string[]) => ({
  name,
  aliases,
  shape: { hidden: 8, layers: 1, heads: 1, ffn: 8, vocab: 8, gated: true, seq: 8 },
  source: "example",
  checkedOn: "2026-12-01",
  status: "listed",
});
const { entries: models } = plannerModelList.parse({
  entries: [
    model("qwen2.5-7b", ["Qwen/Qwen2.5-7B"]),
    model("llama31-8b", ["meta-llama/Llama-3.1-8B"]),
    model("gemma3-4b", ["google/gemma-3-4b-pt"]),
    model("mistral-7b", ["mistralai/Mistral-7B-v0.1"]),
  ],
});

describe("names of models", () => {
  test.each([
    ["qwen2.5-7b", "qwen2.5-7b"],
    ["Qwen/Qwen2.5-7B-Instruct", "qwen2.5-7b"],
    ["unsloth/Qwen2.5-7B-Instruct-bnb-4bit", "qwen2.5-7b"],
    ["unsloth/Meta-Llama-3.1-8B-Instruct", "llama31-8b"],
    ["google/gemma-3-4b-it", "gemma3-4b"],
    ["mistralai/Mistral-7B-Instruct-v0.3", "mistral-7b"],
  ])("`%s` has the sizes of %s", (name, found) => {
    expect(findModel(name, models)).toMatchObject({ kind: "found", model: { name: found } });
  });

  test("another size or version is not found, and the nearest is named", () => {
    expect(findModel("Qwen/Qwen2.5-9B-Instruct", models)).toEqual({
      kind: "unknown",
      nearest: "qwen2.5-7b",
    });
    expect(findModel("gemma-4b", models).kind).toBe("unknown");
  });
});
