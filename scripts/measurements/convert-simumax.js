// SimuMax 1.2: measured step times and peak memory of Megatron-LM on 8 B200, models cut to a few layers. Microbatch 1,
// no overlap of communication, no recomputation, flash attention, distributed optimizer
// (docs/b200/b200_real_repro_guide.md, configs/strategy).
import { buildMeasurement } from "./build-measurement.js";

const models = {
  "llama3-70b": { name: "llama31-70b" },
  // SimuMax runs it with 16 instead of 8 key-value heads.
  "llama3-405b": {
    name: "llama31-405b",
    shape: { hidden: 16384, heads: 128, kvHeads: 16, ffn: 53248, vocab: 128256, gated: true },
  },
  deepseekv2: { name: "deepseek-v2" },
  deepseekv3: {
    name: "deepseek-v3",
    // One of the four layers is dense.
    shape: {
      hidden: 7168,
      heads: 128,
      headSize: 192,
      ffn: 18432,
      vocab: 129280,
      gated: true,
      experts: 256,
      topK: 8,
      expertFfn: 2048,
      sharedExperts: 1,
      denseLayers: 1,
      mla: { qRank: 1536, kvRank: 512, ropeSize: 64, nopeSize: 128, vSize: 128 },
    },
  },
};

export function convertSimumax(row) {
  const degree = (name) => Number(new RegExp(`${name}(\\d+)`).exec(row.parallel)?.[1] ?? 1);
  const { name, shape } = models[row.model];
  // Long sequences are stated in the name of the case alone: `llama3_70b_l12_tp2_cp4_pp1_dp1_seq32768_mbc4_cef`.
  const seq = Number(row.seq || (/_seq(\d+)_/.exec(row.case)?.[1] ?? 4096));
  const layers = Number(row.layers);
  const dp = 8 / (degree("tp") * degree("pp") * degree("cp"));
  return buildMeasurement({
    model: shape === undefined ? { name, seq, layers } : { ...shape, seq, layers },
    heldOutGroup: name,
    accelerator: "b200-sxm",
    count: 8,
    layout: {
      tp: degree("tp"),
      pp: degree("pp"),
      cp: degree("cp"),
      ep: degree("ep"),
      etp: degree("ep") > 1 ? 1 : undefined,
      vp: 1,
      microBatch: 1,
      globalBatch: Number(row.mbc) * dp,
      precision: "bf16",
      recompute: "none",
      sequenceParallel: degree("tp") > 1,
      sharding: "zero1",
      overlap: false,
      framework: "megatron",
      software: "2026-01",
    },
    measured: {
      published: "step-time",
      stepTimeMs: Number(row.real_ms),
      memoryBytes: Math.round(Number(row.real_alloc_gib) * 1024 ** 3),
      memoryOf: "peak",
    },
    source: row.source,
    note: "communication does not overlap; peak of allocated memory",
  });
}
