import type { Accelerator } from "../../schema/catalogue.ts";
import type { TransformerShape } from "../../schema/plan/model-shape.ts";
import type { Framework, Precision, TrainingLayout } from "../../schema/plan/training-layout.ts";
import { acceleratorGeneration } from "../step/accelerator-generation.ts";

/** What is known of a layout; what is absent is searched. */
export interface KnownLayout {
  globalBatch: number;
  microBatch?: number | undefined;
  /** Passes of a step: gradients of this many micro batches are added up. */
  accumulation?: number | undefined;
  tp?: number | undefined;
  pp?: number | undefined;
  cp?: number | undefined;
  ep?: number | undefined;
  etp?: number | undefined;
  dp?: number | undefined;
  vp?: number | undefined;
  precision?: Precision | undefined;
  recompute?: TrainingLayout["recompute"];
  sequenceParallel?: boolean | undefined;
  sharding?: TrainingLayout["sharding"];
  framework?: Framework | undefined;
  adapter?: TrainingLayout["adapter"];
  /** Month of the software: `2026-03`. */
  software?: string | undefined;
}

/** Model and machine that a layout is searched for. */
export interface LayoutSetting {
  shape: TransformerShape;
  accelerator: Accelerator;
  count: number;
  perNode: number | undefined;
}

const largestTensorParallel = 8;
const largestPipeline = 16;
const largestExpertParallel = 64;
const largestMicroBatch = 8;
/** Tokens of a rank below which a sequence is hardly ever split. */
const smallestContext = 1024;

/** Layouts that agree with what is known, divide, and are in use: from small degrees to large ones. */
export function* layoutCandidates(
  known: KnownLayout,
  setting: LayoutSetting,
): Generator<TrainingLayout> {
  for (const framework of frameworksOf(known, setting))
    for (const degrees of degreesOf(known, setting, framework))
      for (const precision of precisionsOf(known, setting))
        for (const sharding of shardingsOf(known, degrees))
          yield { ...baseOf(known), ...sharding, ...degrees, framework, precision };
}

type Degrees = Pick<TrainingLayout, "tp" | "pp" | "cp" | "ep" | "microBatch">;

function* degreesOf(
  known: KnownLayout,
  setting: LayoutSetting,
  framework: Framework,
): Generator<Degrees> {
  const { shape, count } = setting;
  const experts = powersOfTwo(Math.min(largestExpertParallel, Math.max(1, shape.experts)));
  const expertParallel = given(known.ep) ?? experts.filter((one) => shape.experts % one === 0);
  for (const split of splitsOf(known, setting, framework)) {
    const dp = count / (split.tp * split.pp * split.cp);
    if (!Number.isInteger(dp) || (known.dp ?? dp) !== dp) continue;
    for (const microBatch of microBatchesOf(known, dp)) {
      // With fewer passes than stages, a pipeline stands still for most of a step.
      const passes = known.globalBatch / dp / microBatch;
      if (known.pp === undefined && passes < split.pp) continue;
      for (const ep of expertParallel) yield { ...split, ep, microBatch };
    }
  }
}

function* splitsOf(
  known: KnownLayout,
  { shape }: LayoutSetting,
  framework: Framework,
): Generator<Pick<TrainingLayout, "tp" | "pp" | "cp">> {
  const splits = framework === "megatron";
  // Also without a scale-up network: L40S of one machine are used so.
  const splitsTensors = splits || framework === "maxtext";
  const tensorParallel = splitsTensors ? powersOfTwo(largestTensorParallel) : [1];
  const pipelines = splits ? upTo(largestPipeline).filter((pp) => pp <= shape.layers / 2) : [1];
  const contexts = splits ? powersOfTwo(Math.max(1, shape.seq / smallestContext)) : [1];
  for (const tp of given(known.tp) ?? tensorParallel.filter((one) => shape.heads % one === 0))
    for (const pp of given(known.pp) ?? pipelines)
      for (const cp of given(known.cp) ?? contexts) yield { tp, pp, cp };
}

/** Models that are not split otherwise are often sharded. */
function shardingsOf(
  { sharding }: KnownLayout,
  { tp, pp, cp }: Degrees,
): readonly Pick<TrainingLayout, "sharding">[] {
  if (sharding !== undefined || tp * pp * cp > 1) return [{}];
  return [{}, { sharding: "fsdp" }];
}

/** Micro batches that the global batch divides by, with the passes that are known. */
function microBatchesOf(
  { globalBatch, microBatch, accumulation }: KnownLayout,
  dp: number,
): number[] {
  const perRank = globalBatch / dp;
  if (!Number.isInteger(perRank)) return [];
  const byPasses = accumulation === undefined ? undefined : perRank / accumulation;
  const wanted = given(microBatch) ?? given(byPasses) ?? powersOfTwo(largestMicroBatch);
  return wanted.filter(
    (one) =>
      Number.isInteger(one) &&
      Number.isInteger(perRank / one) &&
      (byPasses === undefined || byPasses === one),
  );
}

function baseOf(known: KnownLayout): Omit<TrainingLayout, "tp" | "pp" | "cp" | "ep" | "precision"> {
  const { globalBatch, vp, etp, recompute, sequenceParallel, sharding, adapter, software } = known;
  return {
    globalBatch,
    ...(vp === undefined ? {} : { vp }),
    ...(etp === undefined ? {} : { etp }),
    ...(recompute === undefined ? {} : { recompute }),
    ...(sequenceParallel === undefined ? {} : { sequenceParallel }),
    ...(sharding === undefined ? {} : { sharding }),
    ...(adapter === undefined ? {} : { adapter }),
    ...(software === undefined ? {} : { software }),
  };
}

function frameworksOf(known: KnownLayout, { accelerator }: LayoutSetting): readonly Framework[] {
  if (known.framework !== undefined) return [known.framework];
  if (acceleratorGeneration(accelerator).name === "tpu") return ["maxtext"];
  return ["megatron"];
}

/** Eight bits from Hopper on, four from Blackwell on and not before software of mid-2025. */
function precisionsOf(
  { precision, software }: KnownLayout,
  { accelerator }: LayoutSetting,
): readonly Precision[] {
  if (precision !== undefined) return [precision];
  const { bf16, fp8, fp4, fp16, fp32 } = accelerator.peakFlopPerSecond;
  const half: Precision[] = bf16 === undefined ? (fp16 === undefined ? [] : ["fp16"]) : ["bf16"];
  const narrow: Precision[] = fp8 === undefined ? [] : ["fp8"];
  const isNew = software === undefined || software >= firstFourBit;
  if (fp4 !== undefined && isNew) narrow.push("nvfp4");
  const all = [...half, ...narrow];
  return all.length === 0 && fp32 !== undefined ? ["fp32"] : all;
}

/** The first published trainings in four bits: MLPerf Training v5.1. */
const firstFourBit = "2025-08";

function given(value: number | undefined): number[] | undefined {
  return value === undefined ? undefined : [value];
}

function upTo(largest: number): number[] {
  return Array.from({ length: largest }, (_, index) => index + 1);
}

function powersOfTwo(largest: number): number[] {
  const found: number[] = [];
  for (let power = 1; power <= largest; power *= 2) found.push(power);
  return found;
}
