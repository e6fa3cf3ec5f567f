// Korthikanti et al. 2022: table 5 (step times), and figures 1 and 7 (memory of the first pipeline stage).
import { buildMeasurement, Refusal } from "./build-measurement.js";

const layouts = {
  "22B": { tp: 8, pp: 1, vp: 1, microBatch: 4, globalBatch: 4, count: 8 },
  "175B": { tp: 8, pp: 8, vp: 3, microBatch: 1, globalBatch: 64, count: 64 },
  "530B": { tp: 8, pp: 35, vp: 3, microBatch: 1, globalBatch: 280, count: 280 },
  "1T": { tp: 8, pp: 64, vp: 1, microBatch: 1, globalBatch: 512, count: 512 },
};

export function convertKorthikanti(row) {
  if (row.iter_time_s === "")
    throw new Refusal("gives MFU only, and the batch size of that run is not stated");
  const isFull = row.mode.startsWith("full");
  return measurement(row.model, row.source, {
    recompute: isFull ? "full" : "selective",
    sequenceParallel: !isFull,
    measured: { published: "step-time", stepTimeMs: Number(row.iter_time_s) * 1000 },
  });
}

export function convertKorthikantiMemory(row) {
  const gib = 1024 ** 3;
  const memory = (recompute, sequenceParallel, memoryOf, gibibytes) =>
    measurement(row.model, row.source, {
      recompute,
      sequenceParallel,
      measured: { memoryBytes: Math.round(Number(gibibytes) * gib), memoryOf },
    });
  return [
    memory("none", false, "weights-and-optimizer", row.param_opt_gib),
    memory("none", false, "activations", row.act_gib_none),
    memory("selective", true, "activations", row.act_gib_sp_selective),
  ];
}

function measurement(model, source, { recompute, sequenceParallel, measured }) {
  const { count, ...layout } = layouts[model];
  const name = `megatron-gpt-${model.toLowerCase()}`;
  return buildMeasurement({
    model: { name, seq: 2048 },
    heldOutGroup: name,
    accelerator: "a100-sxm-80gb",
    count,
    layout: {
      ...layout,
      precision: "fp16",
      recompute,
      sequenceParallel,
      sharding: "none",
      framework: "megatron",
      software: "2022-05",
    },
    measured,
    source,
  });
}
