// NVIDIA dgxc-benchmarking: step times on H100 and GB200. Where a row does not give the layout, it is that of the
// README of the same commit, below.
import { buildMeasurement, numberIn, Refusal } from "./build-measurement.js";

/** Month of the container that a commit's README measured with (CHANGELOG and README of the repository). */
const software = {
  "143b90d": "2024-11",
  e6afea3: "2025-01",
  "1b9bb6b": "2025-02",
  "85380ff": "2025-04",
  "27d544f": "2025-05",
  "6be5ea0": "2025-05",
};

/** NVIDIA/NeMo@8cfedd7 nemo/collections/llm/recipes/llama3_8b.py and llama3_70b.py: `linear_qkv` alone. */
const loraTargets = ["q_proj", "k_proj", "v_proj"];
const loraRanks = { "llama31-8b": 8, "llama31-70b": 16 };

const readmes = [
  {
    table: /^Grok1 314b/,
    layout: { tp: 4, pp: 8, cp: 2, ep: 8, etp: 1, vp: 8 },
    seq: 8192,
    batch: 2,
  },
  { table: /^Llama 3.1 8b/, layout: { cp: 2 }, seq: 8192, batch: 16 },
  { table: /^Llama 3.1 70b BF16/, layout: { tp: 4, pp: 4, cp: 2, vp: 5 }, seq: 8192, batch: 2 },
  { table: /^Llama 3.1 70b FP8/, layout: { tp: 4, pp: 8, vp: 5 }, seq: 8192, batch: 2 },
  { table: /^NeMo Megatron/, layout: { tp: 4, pp: 8, vp: 6 }, seq: 2048, batch: 2 },
  { table: /^Llama3 70b Finetuning SFT/, layout: { tp: 4, pp: 4, vp: 5 }, seq: 4096, batch: 1 },
  { table: /^Llama3 70b Finetuning LORA/, layout: { tp: 2, pp: 4, vp: 20 }, seq: 4096, batch: 4 },
];

const models = [
  { table: /^Grok/, name: "grok-1" },
  { table: /^Llama ?3(?:\.1)? 8b/, name: "llama31-8b" },
  { table: /^Llama ?3(?:\.1)? 70b/, name: "llama31-70b" },
  { table: /^NeMo Megatron/, name: "gpt3-175b" },
  { table: /^Nemotron4 15b/, name: "nemotron4-15b" },
];

export function convertDgxc(row) {
  const { name } = models.find(({ table }) => table.test(row.table)) ?? {};
  if (name === undefined) throw new Refusal(`unknown model in "${row.table}"`);
  const count = Number(row.gpus);
  const { layers, seq, globalBatch, ...layout } = layoutOf(row, count);
  const stepTime = Number(row.step_time_s);
  const tokens = Number(row.tokens_per_s.replaceAll(",", ""));
  const impliedSeq = (stepTime * tokens) / globalBatch;
  // Step times below 1 s are rounded to 0.01 s.
  if (Math.abs(impliedSeq / seq - 1) > 0.02)
    throw new Refusal(
      `step time x tokens per second / batch is ${impliedSeq.toFixed(0)}, not the sequence length ${seq}`,
    );
  const isAdapter = row.table.includes("LORA");
  const commit = /@(\w+)/.exec(row.source)?.[1];
  return buildMeasurement({
    model: { name, seq, layers },
    heldOutGroup: name,
    accelerator: "h100-sxm",
    count,
    layout: {
      ...layout,
      globalBatch,
      precision: row.table.includes("FP8") ? "fp8" : "bf16",
      recompute: "none",
      sequenceParallel: (layout.tp ?? 1) > 1,
      sharding: "zero1",
      adapter: isAdapter ? { rank: loraRanks[name], targets: loraTargets } : undefined,
      framework: "megatron",
      software: software[commit],
    },
    measured: { published: "step-time", stepTimeMs: stepTime * 1000 },
    source: row.source,
    note: noteOf(layers, row),
  });
}

function noteOf(layers, row) {
  if (layers !== undefined) return `cut to ${layers} layers, so that it fits`;
  if (row.table.includes("Finetuning")) return "packed sequences";
  return undefined;
}

function layoutOf(row, count) {
  if (row.config_row !== "") return fromColumns(row.config_row);
  const given = /\(TP=.*\)/.exec(row.table)?.[0];
  if (given !== undefined) return fromTable(row, given);
  const readme = readmes.find(({ table }) => table.test(row.table));
  if (readme === undefined) throw new Refusal(`no layout for "${row.table}"`);
  const { layout, seq, batch } = readme;
  return { ...layout, microBatch: 1, seq, globalBatch: batch * count };
}

/** `GPUs=8;SeqLen=4096;Layers=2;TP=4;...`. Its DP and GA are not consistent with the rest, and not read. */
function fromColumns(text) {
  const cells = Object.fromEntries(text.split(";").map((cell) => cell.split("=")));
  const ep = numberIn(cells.EP);
  const layers = numberIn(cells.Layers);
  return {
    tp: Number(cells.TP),
    pp: Number(cells.PP),
    cp: Number(cells.CP),
    ep: ep ?? 1,
    // These containers split an expert over the same accelerators as the other layers.
    etp: ep === undefined ? undefined : Number(cells.TP),
    vp: numberIn(cells.VP) ?? 1,
    microBatch: Number(cells.MBS),
    globalBatch: Number(cells.GBS),
    seq: Number(cells.SeqLen),
    layers: layers === 64 ? undefined : layers,
  };
}

/** `(TP=4, PP=4, CP=2, VP=5, MBS=1, GA=64)`, with the batch in its own column. */
function fromTable(row, text) {
  const value = (name) => numberIn(new RegExp(`\\b${name}=(\\w+)`).exec(text)?.[1]);
  const pp = value("PP") ?? 1;
  if (pp === 41)
    throw new Refusal("PP=41 is a misprint; the README of 85380ff has the same figures");
  return {
    tp: value("TP"),
    pp,
    cp: value("CP") ?? 1,
    vp: value("VP") ?? 1,
    microBatch: value("MBS") ?? 1,
    globalBatch: Number(row.gbs),
    seq: value("SEQ") ?? sequenceLengths.find(({ table }) => table.test(row.table)).seq,
  };
}

const sequenceLengths = [
  { table: /^Llama 3\.1/, seq: 8192 },
  { table: /^Nemotron4|Finetuning/, seq: 4096 },
];
