import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { pitwall, temporaryFolder } from "../support/pitwall.ts";

const tiny = {
  model_type: "llama",
  hidden_size: 512,
  intermediate_size: 1024,
  num_hidden_layers: 4,
  num_attention_heads: 8,
  max_position_embeddings: 1024,
  vocab_size: 32000,
};

function folderWithConfig(config: unknown): string {
  const folder = temporaryFolder();
  mkdirSync(join(folder, "tiny-llama"));
  writeFileSync(join(folder, "tiny-llama", "config.json"), JSON.stringify(config));
  return folder;
}

describe("pitwall fits", () => {
  test("prints the memory by part of a training that fits", async () => {
    expect(await pitwall(["fits", "llama31-8b", "--gpu", "4090", "--method", "qlora"]))
      .toMatchInlineSnapshot(`
        {
          "exitCode": 0,
          "stderr": "",
          "stdout": "llama31-8b: QLoRA fits on 1 × rtx-4090: 22.8 of 24.0 GiB.

          memory        GiB
          weights       5.5  8.03 B parameters, 4 bits
          gradients     0.2  of the adapters
          optimizer     0.3  AdamW
          activations  12.3  1 × 2,048 tokens
          buffers       3.0  logits, dequantized weights
          reserve       1.5  CUDA, fragmentation
          total        22.8
          left          1.2

          largest micro batch   1 × 2,048 tokens
          longest sequence      2,176 tokens with a micro batch of 1

          smallest machine      1 × a10, $1.17/h (dataoorts, oracle-cloud, 2023)
          cheapest machine      1 × rtx-6000-ada, $0.826/h (verda, 2025-12)

        assumed: sequences of 2,048 tokens; adapters of rank 16 on all linear layers; eager PyTorch, without torch.compile
        note: less than 5 % is left, and predictions can be that far off
        ",
        }
      `);
  });

  test("proposes what makes a training fit", async () => {
    expect(await pitwall(["fits", "llama31-8b", "--gpu", "RTX 4090"])).toMatchInlineSnapshot(`
      {
        "exitCode": 1,
        "stderr": "",
        "stdout": "llama31-8b: full fine-tuning does not fit on 1 × rtx-4090: 76.6 of 24.0 GiB.

        memory         GiB
        weights       15.0  8.03 B parameters, bf16
        gradients     15.0
        optimizer     29.9  AdamW, bf16
        activations   12.3  1 × 2,048 tokens
        buffers        2.9  logits
        reserve        1.5  CUDA, fragmentation
        total         76.6
        left         -52.6

        what makes it fit
        with a chunked loss, weights updated in the backward pass, selective activation checkpointing and optimizer states in host memory: yes, 21.1 of 24.0 GiB, about half as fast
        with LoRA, a chunked loss and selective activation checkpointing: yes, 20.8 of 24.0 GiB, about 10 % slower
        with QLoRA and torch.compile: yes, 19.0 of 24.0 GiB
        on 128 × rtx-4090 with FSDP: yes

        smallest machine      1 × a100-pcie-80gb, $1.52/h (crusoe, runpod, 2026-08)

      assumed: sequences of 2,048 tokens; weights and optimizer states in bf16, as models are loaded; eager PyTorch, without torch.compile

      try: --chunked-loss --optimizer-in-backward --recompute selective --offload optimizer
      ",
      }
    `);
  });

  test("names the smallest machine without a GPU", async () => {
    expect(await pitwall(["fits", "qwen3-30b-a3b", "--method", "lora"])).toMatchInlineSnapshot(`
      {
        "exitCode": 0,
        "stderr": "",
        "stdout": "qwen3-30b-a3b: LoRA needs at least 1 × h100-nvl: 86.9 of 93.5 GiB.

        smallest machine      1 × h100-nvl, no price known
        cheapest machine      1 × rtx-pro-6000-blackwell, $1.69/h (verda, 2025-12)

      assumed: sequences of 2,048 tokens; adapters of rank 16 on all linear layers; eager PyTorch, without torch.compile
      ",
      }
    `);
  });

  test("reads a config.json, or the folder that has it", async () => {
    const cwd = folderWithConfig(tiny);
    const words = ["--gpu", "h100", "--method", "pretrain", "--json"];
    const ofFile = await pitwall(["fits", "tiny-llama/config.json", ...words], { cwd });
    const ofFolder = await pitwall(["fits", "tiny-llama", ...words], { cwd });
    expect(ofFile).toEqual(ofFolder);
    const { result } = JSON.parse(ofFile.stdout);
    expect(result.model).toMatchObject({ name: "tiny-llama", parameters: 43_258_368 });
    expect(result.machine.fits).toBe(true);
  });

  test("counts the whole model that has a vision tower, and says what it left out", async () => {
    const cwd = folderWithConfig({ model_type: "some_vl", text_config: tiny, vision_config: {} });
    const { stdout } = await pitwall(["fits", "tiny-llama", "--gpu", "h100"], { cwd });
    expect(stdout).toContain("note: only the language model (`text_config`) is counted");
  });

  test("takes the memory of a GPU that the catalog does not list", async () => {
    const ran = await pitwall([
      "fits",
      "llama31-8b",
      "--memory",
      "12",
      "--method",
      "qlora",
      "--json",
    ]);
    expect(ran.exitCode).toBe(1);
    expect(JSON.parse(ran.stdout).result.machine.capacityBytes).toBe(12 * 2 ** 30);
  });

  test.each([
    {
      name: "the nearest name of a model",
      words: ["llama-31-8bb"],
      error: "unknown model `llama-31-8bb`",
      hint: "did you mean `llama31-8b`?",
    },
    {
      name: "the nearest name of an accelerator",
      words: ["llama31-8b", "--gpu", "h100-smx"],
      error: "unknown accelerator `h100-smx`",
      hint: "did you mean `h100-sxm`?",
    },
    {
      name: "a missing file",
      words: ["missing/config.json"],
      error: "cannot read",
      hint: "",
    },
    {
      name: "the field of an unknown architecture",
      words: ["tiny-llama"],
      config: { ...tiny, model_type: "rwkv" },
      error: "the model's field `model_type` is not understood: `rwkv` is not modeled",
      hint: "known: bert",
    },
    {
      name: "a missing field",
      words: ["tiny-llama"],
      config: { ...tiny, vocab_size: null },
      error: "the model's configuration has no field `vocab_size`",
      hint: "",
    },
    {
      name: "accelerators that do not divide",
      words: ["llama31-8b", "--gpu", "h100", "--count", "6", "--tp", "4"],
      error: "6 accelerators do not divide by tp x pp x cp = 4",
      hint: "use a multiple of 4 for `--count`",
    },
    {
      name: "heads that do not divide",
      words: ["llama31-8b", "--gpu", "h100", "--count", "3", "--tp", "3"],
      error: "32 attention heads do not divide by tp = 3",
      hint: "use a divisor of the heads",
    },
    {
      name: "expert parallelism without experts",
      words: ["llama31-8b", "--gpu", "h100", "--count", "2", "--ep", "2"],
      error: "ep = 2, but the model has no experts",
      hint: "leave out `--ep`",
    },
    {
      name: "a rank without adapters",
      words: ["llama31-8b", "--gpu", "h100", "--rank", "8"],
      error: "`--rank` is for adapters",
      hint: "use `--method lora`",
    },
    {
      name: "a part of a sequence",
      words: ["llama31-8b", "--gpu", "h100", "--micro-batch", "1.5"],
      error: "`--micro-batch` must be an integer of at least 1",
      hint: "for example",
    },
    {
      name: "an unknown part to offload",
      words: ["llama31-8b", "--gpu", "h100", "--offload", "weights"],
      error: "unknown part `weights` for `--offload`",
      hint: "use optimizer or activations",
    },
  ])("refuses $name", async ({ words, config, error, hint }) => {
    const cwd = folderWithConfig(config ?? tiny);
    const ran = await pitwall(["fits", ...words], { cwd });
    expect(ran.exitCode).toBe(2);
    expect(ran.stdout).toBe("");
    expect(ran.stderr).toContain(error);
    expect(ran.stderr).toContain(hint);
  });
});
