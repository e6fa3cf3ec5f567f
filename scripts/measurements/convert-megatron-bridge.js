// NVIDIA Megatron-Bridge, performance summaries of its releases. A cell `31357 (29925)` has the figure for FP8 with
// per-tensor scaling, and in parentheses the one for MXFP8.
import {
  buildMeasurement,
  numberIn,
  Refusal,
  refusalOf,
  stepMsFromTokens,
} from "./build-measurement.js";

const models = [
  { label: /^LLAMA3_8B/, name: "llama31-8b" },
  { label: /^LLAMA3_70B/, name: "llama31-70b" },
  { label: /^LLAMA3.1_405B/, name: "llama31-405b" },
  { label: /^DeepSeekV3 \(w\/o MTP\)/, name: "deepseek-v3-no-mtp", heldOutGroup: "deepseek-v3" },
  { label: /^DeepSeekV3/, name: "deepseek-v3" },
  { label: /^GPT OSS 120B/, name: "gpt-oss-120b" },
  { label: /^Qwen3_30B_a3B/, name: "qwen3-30b-a3b" },
  { label: /^Qwen3_235B_a22B/, name: "qwen3-235b-a22b" },
  { label: /^Kimi_K2/, name: "kimi-k2" },
];

const accelerators = {
  "DGX-GB300": "gb300-nvl72",
  "DGX-GB200": "gb200-nvl72",
  "DGX-B300": "b300-sxm",
  "DGX-B200": "b200-sxm",
  "DGX-H100": "h100-sxm",
};

export function convertMegatronBridge(row) {
  const model = models.find(({ label }) => label.test(row.model));
  if (model === undefined)
    throw new Refusal(
      `${row.model} is not a transformer that a layout can describe (${reasonFor(row.model)})`,
    );
  const hasSecond = row.tokens_per_s_per_gpu.includes("(");
  return [0, ...(hasSecond ? [1] : [])].map((variant) => {
    try {
      return convertVariant(row, model, variant);
    } catch (error) {
      return { refused: refusalOf(error) };
    }
  });
}

function reasonFor(label) {
  return label.startsWith("Nemotron_3") ? "hybrid of Mamba and attention" : "sparse attention";
}

function convertVariant(row, { name, heldOutGroup = name }, variant) {
  const cell = (column) => variantOf(row[column], variant);
  const [count, globalBatch, seq] = [Number(row.gpus), Number(row.gbs), Number(row.seq_len)];
  const tp = Number(cell("tp"));
  const shardGroup = numberIn(cell("fsdp")) ?? 0;
  const tokensPerSecondPerAccelerator = Number(cell("tokens_per_s_per_gpu"));
  const ep = numberIn(cell("ep")) ?? 1;
  return buildMeasurement({
    model: { name, seq },
    heldOutGroup,
    accelerator: accelerators[row.system],
    count,
    layout: {
      tp,
      pp: Number(cell("pp")),
      cp: Number(cell("cp")),
      ep,
      etp: ep > 1 ? 1 : undefined,
      // `n/a` beside several stages: the recipes use virtual stages, the table does not say how many.
      vp: numberIn(cell("vp")) ?? (Number(cell("pp")) > 1 ? undefined : 1),
      microBatch: Number(cell("mbs")),
      globalBatch,
      precision: precisionOf(row.precision, variant),
      ...memorySavings(name, row),
      sequenceParallel: tp > 1,
      ...(shardGroup > 1
        ? { sharding: "fsdp", shardGroup: Math.min(shardGroup, count / tp) }
        : { sharding: "zero1" }),
      optimizer: name === "kimi-k2" ? "muon" : undefined,
      adapter: row.phase.startsWith("LoRA")
        ? { rank: 16, targets: ["q_proj", "k_proj", "v_proj"] }
        : undefined,
      framework: "megatron",
      software: `20${row.container.slice(0, 2)}-${row.container.slice(3, 5)}`,
    },
    measured: {
      published: "tokens-per-second",
      tokensPerSecondPerAccelerator,
      stepTimeMs: stepMsFromTokens(tokensPerSecondPerAccelerator, { count, globalBatch, seq }),
    },
    source: row.source,
    note: noteOf(row),
  });
}

/** The first or the parenthesized value of a cell; a cell with one value has it for both. */
function variantOf(cell, variant) {
  const [, first, second] = /^([^(]*?)\s*(?:\((.*)\))?$/.exec(cell.trim());
  return variant === 1 && second !== undefined ? second : first;
}

function precisionOf(text, variant) {
  if (text === "" || text.includes("(")) return variant === 0 ? "fp8" : "mxfp8";
  return {
    BF16: "bf16",
    FP8: "fp8",
    "FP8-CS": "fp8",
    "FP8-MX": "mxfp8",
    MXFP8: "mxfp8",
    NVFP4: "nvfp4",
  }[text];
}

/** What the recipes at 067f987 (src/megatron/bridge/perf_recipes) recompute and keep in host memory. */
function memorySavings(name, row) {
  if (/^(?:deepseek|kimi)/.test(name)) return { recompute: "selective" };
  if (name === "llama31-8b" && row.system === "DGX-H100")
    return { recompute: "full", recomputeFraction: 5 / 32 };
  if (name === "llama31-70b" && Number.parseInt(row.fsdp, 10) > 0)
    return { recompute: "none", offloadActivationLayers: row.system === "DGX-GB200" ? 40 : 20 };
  return { recompute: "none" };
}

function noteOf(row) {
  if (row.phase.startsWith("SFT") || row.phase.startsWith("LoRA")) return "packed sequences";
  if (row.model.includes("tokendrop")) return "tokens above an expert's capacity are dropped";
  return numberIn(row.ep) > 1 ? "tokens are spread evenly over the experts by force" : undefined;
}
