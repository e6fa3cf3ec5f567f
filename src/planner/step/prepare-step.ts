import { UserError } from "../../foundation/errors/user-error.ts";
import type { Accelerator } from "../../schema/catalogue.ts";
import type { Calibration } from "../../schema/plan/calibration.ts";
import type { TransformerShape } from "../../schema/plan/model-shape.ts";
import type {
  Framework,
  HardwareReference,
  Optimizer,
  PipelineSchedule,
  Precision,
  TrainingLayout,
} from "../../schema/plan/training-layout.ts";
import { acceleratorGeneration, hostOf } from "./accelerator-generation.ts";
import { capacityBytes } from "../memory/capacity-bytes.ts";
import { resolveConstants, stackOf } from "./resolve-constants.ts";
import type { StepConstants } from "./step-constants.ts";
import { kernelsOf } from "./kernels-of-accelerator.ts";
import type { LayerLayout, StepContext, StepHardware } from "./step-context.ts";
import type { SpreadLayout } from "./step-time.ts";
import { transformerSizes } from "./transformer-sizes.ts";

/** A layout in which everything is given. */
export interface WholeLayout extends TrainingLayout {
  etp: number;
  dp: number;
  vp: number;
  microBatch: number;
  recompute: NonNullable<TrainingLayout["recompute"]>;
  sequenceParallel: boolean;
  sharding: NonNullable<TrainingLayout["sharding"]>;
  schedule: PipelineSchedule;
  optimizer: Optimizer;
  framework: Framework;
  software: string;
}

/** Model, machine and software: what a search keeps while it varies the layout. */
export interface StepSetting {
  shape: TransformerShape;
  accelerator: Accelerator;
  hardware: HardwareReference;
  precision: Precision;
  framework: Framework;
  software: string;
  adapterRank: number;
  /** Default: true. */
  overlaps?: boolean;
}

/** A context for `layerCosts` and `stepPartsInto`, and whose constants are used because none were measured. */
export interface PreparedStep {
  context: StepContext;
  transferredFrom: string | undefined;
}

/** @throws UserError `peak-unknown`, `network-unknown` if a fact that the step time depends on is not published */
export function prepareStep(setting: StepSetting, calibration: Calibration): PreparedStep {
  const { shape, precision, software } = setting;
  const sizes = transformerSizes(shape);
  const { constants, transferredFrom } = resolveConstants(calibration, {
    generation: acceleratorGeneration(setting.accelerator),
    precision,
    accelerator: setting.accelerator.name,
    stack: stackOf(setting.framework, software),
    family: sizes.experts > 0 ? "experts" : "dense",
    host: hostOf(setting.accelerator),
  });
  const isNarrow = precision === "fp8" || precision === "mxfp8" || precision === "nvfp4";
  const kernels = kernelsOf(setting.accelerator);
  const context: StepContext = {
    sizes,
    hardware: stepHardware(setting),
    constants: setting.overlaps === false ? withoutOverlap(constants) : constants,
    pace: Math.exp(-constants.yearlyGain * yearsBetween(referenceMonth, software)),
    attentionPace: Math.exp(
      -constants.attentionYearlyGain * yearsBetween(referenceMonth, software),
    ),
    expertPace: Math.exp(-constants.expertYearlyGain * yearsBetween(referenceMonth, software)),
    operandBytes: operandBytes(precision),
    convertsOperands: isNarrow,
    fusesExperts: fusesExperts(setting),
    addsExpertBias: addsExpertBias(setting),
    picksRowsSlowly: kernels.picksRowsSlowly,
    picksExpertBias: shape.expertBias === true && setting.framework === "maxtext",
    sendsOncePerDomain: setting.framework !== "maxtext" && software >= firstDeepEp,
    headMultiple: kernels.headMultiple,
    attentionTile: kernels.attentionTile,
    storesScores: software <= "2022-12" && setting.framework === "megatron",
    gradientBytes: software <= "2022-12" || precision === "fp32" ? 4 : 2,
    parameterBytes: precision === "fp32" || precision === "tf32" ? 4 : 2,
    adapterRank: setting.adapterRank,
  };
  return { context, transferredFrom };
}

/**
 * From NeMo 26.06 on, recipes for experts in block-scaled formats record the whole step as a CUDA graph, grouped products
 * activate and convert what they write, and all-to-alls run beside another micro batch. They do so on racks of Blackwell and
 * on a single node; those for several nodes with B200 or B300 record attention and routing alone.
 *
 * @see https://github.com/NVIDIA-NeMo/Megatron-Bridge/releases/tag/v0.5.1, and recipes of gpt-oss and DeepSeek-V3 for both in
 * https://github.com/NVIDIA-NeMo/Megatron-Bridge/tree/3564acfd/src/megatron/bridge/perf_recipes
 */
function fusesExperts(setting: StepSetting): boolean {
  const { accelerator, hardware, precision, framework, software } = setting;
  const isBlockScaled = precision === "mxfp8" || precision === "nvfp4";
  const isBlackwell = acceleratorGeneration(accelerator).name === "blackwell";
  const isOneDomain = accelerator.scaleUpCount > 8 || hardware.count <= accelerator.scaleUpCount;
  return (
    isBlockScaled && isBlackwell && isOneDomain && framework === "megatron" && software >= "2026-06"
  );
}

/** Megatron-Core adds biases of experts outside its fused kernels, except where products activate what they write. */
function addsExpertBias(setting: StepSetting): boolean {
  const isMegatron = setting.framework === "megatron";
  return setting.shape.expertBias === true && isMegatron && !fusesExperts(setting);
}

/** When programs took up DeepEP, which was published in 2025-02: https://github.com/deepseek-ai/DeepEP. */
const firstDeepEp = "2025-03";

/** All communication is exposed. */
export function withoutOverlap(constants: StepConstants): StepConstants {
  const all = { tpExposed: 1, cpExposed: 1, epExposed: 1, ppExposed: 1, dpExposed: 1 };
  return { ...constants, ...all, epOverlapExposed: 1 };
}

/** Constants hold for software of this month; `yearlyGain` leads to others. */
const referenceMonth = "2025-03";

function yearsBetween(from: string, to: string): number {
  return monthNumber(to) / 12 - monthNumber(from) / 12;
}

function monthNumber(month: string): number {
  return Number(month.slice(0, 4)) * 12 + Number(month.slice(5, 7));
}

function operandBytes(precision: Precision): number {
  switch (precision) {
    case "bf16":
    case "fp16":
      return 2;
    case "fp8":
    case "mxfp8":
      return 1;
    case "nvfp4":
      return 0.5;
    case "tf32":
    case "fp32":
      return 4;
  }
}

function stepHardware(setting: StepSetting): StepHardware {
  const { accelerator, hardware, precision } = setting;
  const peak = hardware.peakFlopPerSecond ?? peakOf(accelerator, precision);
  const is16 = precision === "bf16" || precision === "fp16";
  const peak16 = is16 ? peak : sixteenBitPeak(accelerator, peak);
  const links = linkSpeeds(setting);
  return {
    peakFlopPerMs: peak / 1000,
    peak16FlopPerMs: peak16 / 1000,
    memoryBytes: hardware.memoryBytes ?? capacityBytes(accelerator),
    memoryBytesPerMs: (hardware.memoryBytesPerSecond ?? accelerator.memoryBytesPerSecond) / 1000,
    scaleUpBytesPerMs: links.scaleUp / 2000,
    networkBytesPerMs: links.network / 1000,
    hostBytesPerMs: hostBytesPerSecond(accelerator) / 1000,
    perNode: links.perNode,
  };
}

/**
 * Bytes per second. A link that the layout does not use may be unknown.
 *
 * @throws UserError `network-unknown`
 */
function linkSpeeds({ accelerator, hardware }: StepSetting): {
  perNode: number;
  scaleUp: number;
  network: number;
} {
  const perNode = hardware.perNode ?? accelerator.scaleUpCount;
  const scaleUp = hardware.scaleUpBytesPerSecond ?? accelerator.scaleUpBytesPerSecond;
  const network = networkSpeed(accelerator, hardware);
  if (hardware.count > perNode && network === undefined) throw unknownFact(accelerator, "network");
  if (perNode > 1 && hardware.count > 1 && scaleUp === undefined) {
    throw unknownFact(accelerator, "scale-up links");
  }
  return {
    perNode,
    scaleUp: scaleUp ?? network ?? unusedLink,
    network: network ?? scaleUp ?? unusedLink,
  };
}

function networkSpeed(accelerator: Accelerator, hardware: HardwareReference): number | undefined {
  if (hardware.interconnectGbps !== undefined) return (hardware.interconnectGbps * 1e9) / 8;
  return accelerator.networkBytesPerSecond;
}

/** Bytes per second of a link that the layout does not use; no time depends on it. */
const unusedLink = 1e9;

/** 80 % of the link to the host, one direction: NVLink-C2C of a Grace shared by two, else PCIe 5.0 or 4.0 x16. */
function hostBytesPerSecond({ name, year }: Accelerator): number {
  if (name.startsWith("gb200") || name.startsWith("gb300")) return 180e9;
  if (name === "gh200") return 360e9;
  return year >= 2022 ? 50e9 : 25e9;
}

function unknownFact(accelerator: Accelerator, fact: string): UserError {
  const option = fact === "network" ? "interconnectGbps" : "scaleUpBytesPerSecond";
  return new UserError(
    "network-unknown",
    `the catalogue has no bandwidth of the ${fact} of ${accelerator.name}`,
    { hint: `add \`${option}\` under \`hardware\`` },
  );
}

/** @throws UserError `peak-unknown` */
function peakOf(accelerator: Accelerator, precision: Precision): number {
  const peaks = accelerator.peakFlopPerSecond;
  const peak = peaks[formatOf(precision)] ?? (precision === "fp16" ? peaks.bf16 : undefined);
  if (peak !== undefined) return peak;
  const known = Object.keys(peaks);
  throw new UserError(
    "peak-unknown",
    `the catalogue has no ${precision} peak of ${accelerator.name}`,
    {
      hint: `use ${known.length > 0 ? `one of ${known.join(", ")}, or ` : ""}add \`peakFlopPerSecond\` under \`hardware\``,
    },
  );
}

function formatOf(precision: Precision): keyof Accelerator["peakFlopPerSecond"] {
  switch (precision) {
    case "fp8":
    case "mxfp8":
      return "fp8";
    case "nvfp4":
      return "fp4";
    case "bf16":
    case "fp16":
    case "tf32":
    case "fp32":
      return precision;
  }
}

function sixteenBitPeak(accelerator: Accelerator, otherwise: number): number {
  const { bf16, fp16 } = accelerator.peakFlopPerSecond;
  return bf16 ?? fp16 ?? otherwise;
}

/** How a layout splits one layer. */
export function layerLayoutOf(layout: WholeLayout): LayerLayout {
  const fraction = layout.recomputeFraction ?? 1;
  return {
    tp: layout.tp,
    cp: layout.cp,
    ep: layout.ep,
    etp: layout.etp,
    microBatch: layout.microBatch,
    sequenceParallel: layout.sequenceParallel && layout.tp > 1,
    recomputed: layout.recompute === "full" ? fraction : 0,
    productsRecomputed: isSelectiveInTorch(layout) ? fraction : 0,
    scoresRecomputed: layout.recompute === "selective" ? fraction : 0,
    expertImbalance: layout.expertImbalance ?? 1,
    overlapsExperts: layout.schedule === "dualpipe",
  };
}

/**
 * PyTorch's selective checkpointing keeps attention and every second matrix product, and repeats all else; others repeat
 * attention alone.
 *
 * @see `_get_custom_policy` in torchtitan/models/llama3/infra/parallelize.py, https://github.com/pytorch/torchtitan
 */
function isSelectiveInTorch({ recompute, framework }: WholeLayout): boolean {
  return recompute === "selective" && framework === "fsdp";
}

/** How a layout spreads layers and batches. */
export function spreadLayoutOf(layout: WholeLayout, count: number): SpreadLayout {
  const ranks = layout.dp * layout.cp;
  const isSharded = layout.sharding === "fsdp" || layout.sharding === "zero3";
  const group = Math.min(layout.shardGroup ?? ranks, ranks);
  const microBatches = Math.max(1, Math.ceil(layout.globalBatch / layout.dp / layout.microBatch));
  return {
    count,
    pp: layout.pp,
    vp: layout.vp,
    dp: layout.dp,
    microBatches,
    bubbleShare: bubbleShare(layout.schedule),
    weightShards: isSharded ? group : 1,
    optimizerShards: layout.sharding === "none" ? 1 : group,
    // Pipelines keep gathered weights and add up gradients until the end of the step: torchtitan, Llama 3 (section 3.3.2).
    weightGathers: layout.pp > 1 ? 1 : microBatches,
    gradientReductions: layout.sharding === "zero2" && layout.pp === 1 ? microBatches : 1,
    optimizerBytes: optimizerBytes(layout.optimizer),
    offloadedLayers: layout.offloadActivationLayers ?? 0,
  };
}

/** Share of the bubble of 1F1B that other schedules leave: Qi et al. 2024 (arXiv:2401.10241), DeepSeek-AI 2024 (arXiv:2412.19437). */
function bubbleShare(schedule: PipelineSchedule): number {
  switch (schedule) {
    case "1f1b":
    case "interleaved":
    case "gpipe":
      return 1;
    case "zb":
      return 1 / 3;
    case "dualpipe":
      return 1 / 4;
  }
}

/**
 * Bytes that the optimizer reads and writes per parameter: gradient, weights in 32 and 16 bits, and its states; AdamW:
 * 4 + 8 + 2 and twice 8.
 */
function optimizerBytes(optimizer: Optimizer): number {
  switch (optimizer) {
    case "adamw":
      return 30;
    case "adamw-8bit":
      return 18;
    case "muon":
      return 22;
    case "adafactor":
      return 18;
    case "sgd":
      return 22;
    case "lamb":
      return 42;
    case "lars":
      return 30;
  }
}
