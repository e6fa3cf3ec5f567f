// MosaicML llm-foundry: MPT with PyTorch FSDP on A100 40 GB and H100.
import { buildMeasurement, Refusal, stepMsFromTokens } from "./build-measurement.js";

const accelerators = {
  h100_80gb: "h100-sxm",
  a100_80gb: "a100-sxm-80gb",
  a100_40gb: "a100-sxm-40gb",
};
const shardings = { FULL_SHARD: "fsdp", SHARD_GRAD_OP: "zero2" };

export function convertMosaicml(row) {
  const name = `mpt-${row.Model}`;
  const isH100 = row.GPU.startsWith("h100");
  const [count, microBatch] = [Number(row["# GPUs"]), Number(row.MicroBatchSize)];
  const [seq, globalBatch] = [Number(row["SeqLen (T)"]), Number(row.GlobalBatchSize)];
  if (microBatch * Number(row.GradAccum) * count !== globalBatch)
    throw new Refusal("batch is not microbatch x accumulation x GPUs");
  // Per GPU, the table is cut off to whole tokens.
  const tokensPerSecondPerAccelerator = Number(row["Throughput (T/s)"]) / count;
  return buildMeasurement({
    model: { name, seq },
    heldOutGroup: name,
    accelerator: accelerators[row.GPU],
    count,
    interconnectGbps: isH100 ? undefined : 200,
    layout: {
      microBatch,
      globalBatch,
      precision: row.Precision === "amp_fp8" ? "fp8" : "bf16",
      recompute: row["Activation Checkpointing"] === "True" ? "full" : "none",
      sharding: shardings[row["Sharding Strategy"]],
      framework: "fsdp",
      software: isH100 ? "2023-11" : "2023-06",
    },
    measured: {
      published: "tokens-per-second",
      tokensPerSecondPerAccelerator,
      stepTimeMs: stepMsFromTokens(tokensPerSecondPerAccelerator, { count, globalBatch, seq }),
    },
    source: row.source,
    note: row.Precision.startsWith("amp") ? "mixed precision with weights in FP32" : undefined,
  });
}
