// NVIDIA NeMo 24.12, performance summary: H100, FP8.
import { buildMeasurement, numberIn, stepMsFromTokens } from "./build-measurement.js";

const models = {
  "GPT3-5B": "gpt3-5b",
  "GPT3-20B": "gpt3-20b",
  "GPT3-175B": "gpt3-175b",
  "LLAMA2-7B": "llama2-7b",
  "LLAMA2-13B": "llama2-13b",
  "LLAMA2-70B": "llama2-70b",
  "Nemotron-8B": "nemotron3-8b",
  "Nemotron-22B": "nemotron3-22b",
  "Nemotron-340B": "nemotron4-340b",
  "LLAMA3-8B": "llama31-8b",
  "LLAMA3-70B": "llama31-70b",
};

export function convertNemo(row) {
  const name = models[row.model];
  const [count, globalBatch, seq] = [Number(row.gpus), Number(row.gbs), Number(row.seq)];
  const tokensPerSecondPerAccelerator = Number(row.tokens_per_s_per_gpu);
  return buildMeasurement({
    model: { name, seq },
    heldOutGroup: name,
    accelerator: "h100-sxm",
    count,
    layout: {
      tp: Number(row.tp),
      pp: Number(row.pp),
      cp: Number(row.cp),
      vp: numberIn(row.vp) ?? 1,
      microBatch: Number(row.mbs),
      globalBatch,
      precision: "fp8",
      recompute: "none",
      sequenceParallel: Number(row.tp) > 1,
      sharding: "zero1",
      framework: "megatron",
      software: "2024-12",
    },
    measured: {
      published: "tokens-per-second",
      tokensPerSecondPerAccelerator,
      stepTimeMs: stepMsFromTokens(tokensPerSecondPerAccelerator, { count, globalBatch, seq }),
    },
    source: row.source,
  });
}
