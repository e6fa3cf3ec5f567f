// Narayanan et al. 2021, table 1. The table counts hardware FLOP, with what full recomputation does again; the step time
// that follows from its formula is in `implied_iter_s`.
import { buildMeasurement, numberIn } from "./build-measurement.js";

export function convertSc21(row) {
  const name = `megatron-gpt-${row.model.toLowerCase()}`;
  return buildMeasurement({
    model: { name, seq: Number(row.seq) },
    heldOutGroup: name,
    accelerator: "a100-sxm-80gb",
    count: Number(row.gpus),
    layout: {
      tp: Number(row.tp),
      pp: Number(row.pp),
      vp: numberIn(row.vp) ?? 1,
      microBatch: Number(row.mbs),
      globalBatch: Number(row.gbs),
      precision: "fp16",
      recompute: "full",
      sequenceParallel: false,
      sharding: "none",
      framework: "megatron",
      software: "2021-04",
    },
    measured: { published: "flop-per-second", stepTimeMs: Number(row.implied_iter_s) * 1000 },
    source: row.source,
    note: `from ${row.tflops_per_gpu_hw} TFLOP/s per GPU, which count recomputation`,
  });
}
