import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import { predictStep } from "../../src/index.ts";
import { layoutAnswer } from "../../src/schema/plan/step-prediction.ts";
import { pitwall, temporaryFolder } from "../support/pitwall.ts";

const hardware = { accelerator: "h100-sxm", count: 64 };
const layout = { globalBatch: 256, microBatch: 1, recompute: "none" } as const;
const config = {
  model_type: "llama",
  hidden_size: 4096,
  intermediate_size: 14336,
  num_hidden_layers: 32,
  num_attention_heads: 32,
  num_key_value_heads: 8,
  vocab_size: 128256,
  max_position_embeddings: 8192,
};

function folderWith(name: string, text: string): string {
  const cwd = temporaryFolder();
  writeFileSync(join(cwd, "config.json"), JSON.stringify(config));
  writeFileSync(join(cwd, name), text);
  return cwd;
}

async function answers(lines: readonly unknown[]) {
  const text = lines.map((line) => (typeof line === "string" ? line : JSON.stringify(line)));
  const cwd = folderWith("layouts.jsonl", text.join("\n"));
  const ran = await pitwall(["predict", "layouts.jsonl", "--json"], { cwd });
  return {
    ran,
    answers: ran.stdout
      .trimEnd()
      .split("\n")
      .map((line) => JSON.parse(line)),
  };
}

describe("pitwall predict", () => {
  test("answers every layout whose memory was published, and says that it fits", async () => {
    const file = join(import.meta.dirname, "../../data/planner/memory-measurements.jsonl");
    const rows = readFileSync(file, "utf8").trim().split("\n");
    const lines = rows.map((row) => {
      const { model, hardware: machine, layout: published } = JSON.parse(row);
      return { model, hardware: machine, layout: published };
    });
    const { answers: all } = await answers(lines);
    expect(all.map((answer) => answer.fits)).toEqual(rows.map(() => true));
  });

  test("explains one layout: step, parts, memory, evidence and what was assumed", async () => {
    const yaml =
      "model: { name: llama31-8b, seq: 8192 }\nhardware: { accelerator: NVIDIA H100 SXM, count: 64 }\nlayout: { globalBatch: 256 }\n";
    const ran = await pitwall(["predict", "layout.yaml"], { cwd: folderWith("layout.yaml", yaml) });
    expect(ran.exitCode, ran.stderr).toBe(0);
    for (const part of ["step time", "80 % interval", "MFU", "matrix products", "memory goes to"])
      expect(ran.stdout).toContain(part);
    expect(ran.stdout).toMatch(/evidence +\S+, distance/u);
    expect(ran.stdout).toMatch(/microBatch +\d+: the fastest that fits/u);
  });

  test("answers each line in order, with an error in the place of what cannot be predicted", async () => {
    const good = { model: { name: "llama31-8b", seq: 8192 }, hardware, layout };
    const { ran, answers: all } = await answers([
      good,
      { ...good, model: { name: "lama31-8b" } },
      { ...good, layout: { ...layout, micro_batch: 1 } },
      { ...good, hardware: { ...hardware, accelerator: "h1000" } },
      { ...good, layout: { ...layout, tp: 3 } },
      { ...good, model: { config: "missing.json" } },
      "{ not JSON",
      good,
    ]);
    expect(ran.exitCode).toBe(1);
    expect(all.map(({ kind, error }) => error?.code ?? kind)).toEqual([
      "predicted",
      "unknown-model",
      "layout-invalid",
      "unknown-accelerator",
      "layout-does-not-divide",
      "file-unreadable",
      "layout-invalid",
      "predicted",
    ]);
    for (const answer of all) expect(layoutAnswer.safeParse(answer).error).toBeUndefined();
    expect(all[2].error.hint).toContain("microBatch");
    expect(all[7]).toEqual(all[0]);
  });

  test("gives parts that add up to the step and to the memory", async () => {
    const { answers: all } = await answers([{ model: { name: "llama31-8b" }, hardware, layout }]);
    const [answer] = all;
    const sum = (parts: Record<string, number>) =>
      Object.values(parts).reduce((total, part) => total + part, 0);
    expect(sum(answer.breakdown)).toBeCloseTo(answer.stepTimeMs, 6);
    expect(sum(answer.memoryBytesPerAccelerator)).toBeCloseTo(answer.memoryBytes, 0);
    expect(answer.intervalMs.low).toBeLessThan(answer.stepTimeMs);
    expect(answer.intervalMs.high).toBeGreaterThan(answer.stepTimeMs);
  });

  test("reads the sizes of a model from its config.json", async () => {
    const { answers: all } = await answers([
      { model: { config: "config.json" }, hardware, layout },
      { model: { name: "llama31-8b", seq: 8192 }, hardware, layout },
      { model: { config: "config.json", seq: 4096 }, hardware, layout },
    ]);
    expect(all[0].stepTimeMs).toBe(all[1].stepTimeMs);
    expect(all[2].stepTimeMs).toBeLessThan(all[0].stepTimeMs);
  });

  test("is the function predictStep of the library", async () => {
    const { answers: all } = await answers([
      { model: { name: "llama31-8b", seq: 8192 }, hardware, layout },
    ]);
    const answer = await predictStep({ name: "llama31-8b", seq: 8192 }, hardware, layout);
    expect(answer).toEqual(all[0]);
  });
});
