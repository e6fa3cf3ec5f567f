// Tables of scripts/measurements/published whose columns are the fields of a layout.
import { buildMeasurement, numberIn, Refusal, stepMsFromTokens } from "./build-measurement.js";
import { recomputedShare } from "./recomputed-share.js";

const gib = 1024 ** 3;

export function convertLayoutRow(row) {
  if (row.refused !== "") throw new Refusal(row.refused);
  const [count, globalBatch, seq] = [Number(row.count), Number(row.gbs), Number(row.seq)];
  const tokens = numberIn(row.tokens_per_s_per_accelerator);
  const seconds = numberIn(row.step_s);
  const memory = numberIn(row.memory_gib);
  const size = { count, globalBatch, seq };
  return buildMeasurement({
    model: { name: row.model, seq, layers: numberIn(row.layers) },
    heldOutGroup: row.model.replace(/-no-mtp$/, ""),
    accelerator: row.accelerator,
    count,
    perNode: numberIn(row.per_node),
    interconnectGbps: numberIn(row.interconnect_gbps),
    memoryBytesPerSecond: scaled(numberIn(row.memory_tb_per_s), 1e12),
    layout: layoutOf(row, globalBatch),
    measured: {
      published: seconds === undefined ? "tokens-per-second" : "step-time",
      stepTimeMs: seconds === undefined ? stepMsFromTokens(tokens, size) : seconds * 1000,
      tokensPerSecondPerAccelerator: tokens,
      memoryBytes: scaled(memory, gib),
      memoryOf: memory === undefined ? undefined : "peak",
    },
    source: row.source,
    status: row.status || undefined,
    note: row.note || undefined,
  });
}

/** `?`: not stated, and not 1. */
function virtualStages(cell) {
  return cell === "?" ? undefined : (numberIn(cell) ?? 1);
}

/** False if the source says so. */
function denied(cell) {
  return cell === "false" ? false : undefined;
}

/** As the source gives it, or from the tensors that it keeps. */
function recomputeFraction({ recompute_fraction: given, kept = "", model, seq }) {
  if (kept === "") return numberIn(given);
  return recomputedShare({ name: model, seq: Number(seq) }, kept.split(" "));
}

function scaled(value, unit) {
  return value === undefined ? undefined : Math.round(value * unit);
}

function layoutOf(row, globalBatch) {
  const tp = numberIn(row.tp) ?? 1;
  const ep = numberIn(row.ep) ?? 1;
  const rank = numberIn(row.lora_rank);
  return {
    tp,
    pp: numberIn(row.pp) ?? 1,
    cp: numberIn(row.cp) ?? 1,
    ep,
    etp: numberIn(row.etp) ?? (ep > 1 ? 1 : undefined),
    expertImbalance: numberIn(row.expert_imbalance),
    vp: virtualStages(row.vp),
    microBatch: Number(row.mbs),
    globalBatch,
    precision: row.precision,
    recompute: row.recompute || undefined,
    recomputeFraction: recomputeFraction(row),
    sequenceParallel: tp > 1,
    sharding: row.sharding,
    shardGroup: numberIn(row.shard_group),
    schedule: row.schedule || undefined,
    optimizer: row.optimizer || undefined,
    masterWeights: denied(row.master_weights),
    compiled: denied(row.compiled),
    adapter:
      rank === undefined
        ? undefined
        : { rank, targets: row.lora_targets.split(" ").filter(Boolean) },
    framework: row.framework,
    software: row.software,
  };
}
