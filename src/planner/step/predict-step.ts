import { UserError } from "../../foundation/errors/user-error.ts";
import type { Accelerator } from "../../schema/catalogue.ts";
import type { Calibration, StepEvidence } from "../../schema/plan/calibration.ts";
import type { TransformerShape } from "../../schema/plan/model-shape.ts";
import type { LayoutAnswer, StepParts, StepPrediction } from "../../schema/plan/step-prediction.ts";
import type { HardwareReference, TrainingLayout } from "../../schema/plan/training-layout.ts";
import { acceleratorGeneration } from "./accelerator-generation.ts";
import { checkLayout } from "./check-layout.ts";
import { type LayoutChoices, layoutChoices, usualFramework } from "./choose-layout.ts";
import { type FastestLayout, fastestLayout, type OpenChoices } from "./fastest-layout.ts";
import { modelFlop } from "./model-flop.ts";
import { correctionsNear } from "./evidence-corrections.ts";
import { evidenceFeatures, openCount, openFeatures } from "./evidence-features.ts";
import type { EvidenceQuery } from "./evidence-groups.ts";
import { nearestMeasurement, nearestScale, nearestSetting } from "./nearest-evidence.ts";
import {
  type PreparedStep,
  prepareStep,
  type StepSetting,
  type WholeLayout,
} from "./prepare-step.ts";
import { stackOf } from "./resolve-constants.ts";
import type { StepContext } from "./step-context.ts";
import { besideEnd, farEnd, stepInterval, type StepScope } from "./step-interval.ts";
import { part } from "./step-time.ts";
import type { TransformerSizes } from "./transformer-sizes.ts";

/** Data that predictions rest on; all of it ships with Pitwall. */
export interface StepData {
  calibration: Calibration;
  evidence: readonly StepEvidence[];
}

/**
 * Predicts the time of one training step in closed form, with its parts, memory and an interval from measurements that
 * the fit did not see. Choices that the layout leaves open are made: the fastest that fits, else the fastest.
 *
 * @param accelerator of the catalogue, which `hardware` names
 * @returns an error in place of a prediction if the layout cannot be run
 */
export function predictStep(
  shape: TransformerShape,
  hardware: HardwareReference & { known: Accelerator },
  layout: TrainingLayout,
  data: StepData,
): LayoutAnswer {
  try {
    return predicted(shape, hardware, layout, data);
  } catch (error) {
    if (!(error instanceof UserError)) throw error;
    const { code, message, hint } = error;
    return { kind: "error", error: { code, message, ...(hint === undefined ? {} : { hint }) } };
  }
}

function predicted(
  shape: TransformerShape,
  hardware: HardwareReference & { known: Accelerator },
  layout: TrainingLayout,
  data: StepData,
): StepPrediction {
  const { known } = hardware;
  const generation = acceleratorGeneration(known);
  const dp = checkLayout(shape, layout, hardware.count);
  const framework = layout.framework ?? usualFramework(layout, generation.name);
  const software =
    layout.software ?? typicalSoftware(data.calibration, generation.nearest, framework);
  const setting: StepSetting = {
    shape,
    accelerator: known,
    hardware,
    precision: layout.precision,
    framework,
    software,
    adapterRank: layout.adapter?.rank ?? 0,
    overlaps: layout.overlap ?? true,
  };
  const { context, transferredFrom } = preparedOnce(setting, data.calibration);
  const choices = layoutChoices(shape, layout, { dp, framework, software });
  const { sizes } = context;
  const asked = evidenceQuery(setting, { sizes, layout: choices.base });
  const correctionOf = correctionsOf(asked, data.evidence);
  const best = fastestLayout(context, choices, { shape, count: hardware.count, correctionOf });
  const assumed = assumptions({ choices, layout, hardware, known, best, setting });
  if (transferredFrom !== undefined) {
    assumed["calibration"] =
      `constants of ${transferredFrom}: ${layout.precision} on ${known.name} was not measured`;
  }
  const query = withChoices(asked, best.layout);
  const evidence = nearestMeasurement(query, data.evidence);
  const distance = evidence?.distance ?? Number.POSITIVE_INFINITY;
  const intervalMs = stepInterval(best.stepTimeMs, data.calibration, scopeOf(setting), {
    isTransferred: transferredFrom !== undefined,
    distance,
    scaleDistance:
      distance < besideEnd ? nearestScale(query, data.evidence) : Number.POSITIVE_INFINITY,
    settingDistance: distance < farEnd ? distance : nearestSetting(query, data.evidence),
    spreadOfChoices: best.spreadOfChoices,
  });
  return predictionOf(best, { context, count: hardware.count, intervalMs, evidence, assumed });
}

/** What intervals and measurements are looked up by. */
function scopeOf(setting: StepSetting): StepScope {
  const { accelerator, precision, framework, software, shape } = setting;
  return {
    generation: acceleratorGeneration(accelerator).name,
    precision: precision === "fp16" ? "bf16" : precision,
    stack: stackOf(framework, software),
    family: shape.experts > 0 ? "experts" : "dense",
  };
}

/** What published steps are compared with. */
export function evidenceQuery(
  setting: StepSetting,
  { sizes, layout }: { sizes: TransformerSizes; layout: WholeLayout },
): EvidenceQuery {
  const { accelerator, hardware } = setting;
  const features = evidenceFeatures(sizes, layout, hardware.count);
  const { generation, precision, stack } = scopeOf(setting);
  return { generation, accelerator: accelerator.name, precision, stack, features };
}

/** The query of the same layout with other open choices. */
function withChoices(query: EvidenceQuery, choice: OpenChoices): EvidenceQuery {
  const features = query.features.slice(0, -openCount);
  features.push(...openFeatures(choice));
  return { ...query, features };
}

/**
 * Published steps nearby say that everything takes longer or shorter by a factor. Choices are made after that, so that a
 * better machine, for which the factor is the same, is never slower.
 */
function correctionsOf(
  query: EvidenceQuery,
  evidence: readonly StepEvidence[],
): (choice: OpenChoices) => number {
  const corrections = correctionsNear(query, evidence);
  return (choice) => corrections(openFeatures(choice));
}

interface KnownStep {
  setting: StepSetting;
  calibration: Calibration;
  prepared: PreparedStep;
}

const knownSteps = new WeakMap<HardwareReference, KnownStep[]>();

/** More settings of one machine are not kept. */
const mostKept = 100;

/** Like `prepareStep`; layouts of a sweep differ in neither model, machine nor software. */
function preparedOnce(setting: StepSetting, calibration: Calibration): PreparedStep {
  const { hardware } = setting;
  let known = knownSteps.get(hardware);
  if (known === undefined) knownSteps.set(hardware, (known = []));
  for (const one of known) {
    if (one.calibration === calibration && isSameSetting(one.setting, setting)) return one.prepared;
  }
  const prepared = prepareStep(setting, calibration);
  if (known.length < mostKept) known.push({ setting, calibration, prepared });
  return prepared;
}

function isSameSetting(a: StepSetting, b: StepSetting): boolean {
  return (
    a.shape === b.shape &&
    a.accelerator === b.accelerator &&
    a.precision === b.precision &&
    a.framework === b.framework &&
    a.software === b.software &&
    a.adapterRank === b.adapterRank &&
    a.overlaps === b.overlaps
  );
}

function breakdownOf(parts: Float64Array): StepParts {
  const msOf = (index: number): number => parts[index] ?? 0;
  return {
    gemm: msOf(part.gemm),
    attention: msOf(part.attention),
    elementwise: msOf(part.elementwise),
    tensorParallel: msOf(part.tensorParallel),
    contextParallel: msOf(part.contextParallel),
    expertParallel: msOf(part.expertParallel),
    pipelineTransfer: msOf(part.pipelineTransfer),
    bubble: msOf(part.bubble),
    dataParallel: msOf(part.dataParallel),
    optimizer: msOf(part.optimizer),
    offload: msOf(part.offload),
    host: msOf(part.host),
    stragglers: msOf(part.stragglers),
  };
}

/** Every field by name: engines take microseconds for a field that follows a spread object. */
function predictionOf(
  { layout, stepTimeMs, memoryBytes, memory, fits, parts }: FastestLayout,
  {
    context,
    count,
    intervalMs,
    evidence,
    assumed,
  }: { context: StepContext; count: number } & Pick<
    StepPrediction,
    "intervalMs" | "evidence" | "assumed"
  >,
): StepPrediction {
  const samples = (layout.globalBatch / count / stepTimeMs) * 1000;
  const tokens = samples * context.sizes.seq;
  const flop = modelFlop(context.sizes);
  const peak = context.hardware.peakFlopPerMs * 1000;
  const again = layout.recompute === "full" ? (layout.recomputeFraction ?? 1) : 0;
  return {
    kind: "predicted",
    stepTimeMs,
    intervalMs,
    tokensPerSecondPerAccelerator: tokens,
    samplesPerSecondPerAccelerator: samples,
    modelFlopPerSecondPerAccelerator: tokens * flop.perToken,
    modelFlopPerSecondPerAcceleratorFullAttention: tokens * flop.perTokenFullAttention,
    mfu: (tokens * flop.perToken) / peak,
    mfuFullAttention: (tokens * flop.perTokenFullAttention) / peak,
    hfu: (tokens * (flop.perToken + again * flop.forwardPerToken)) / peak,
    memoryBytes,
    memoryBytesPerAccelerator: memory,
    fits,
    breakdown: breakdownOf(parts),
    evidence,
    assumed,
  };
}

/** The newest month that was measured on this generation with this framework, else on any. */
export function newestSoftware(
  calibration: Calibration,
  generation: string,
  framework: string,
): string {
  return measuredSoftware(calibration, generation, framework)?.month ?? "2025-03";
}

/** The month in the middle of those that were measured on this generation with this framework, else on any. */
function typicalSoftware(calibration: Calibration, generation: string, framework: string): string {
  return measuredSoftware(calibration, generation, framework)?.typicalMonth ?? "2025-03";
}

function measuredSoftware(
  { newestSoftware: months }: Calibration,
  generation: string,
  framework: string,
): Calibration["newestSoftware"][number] | undefined {
  const exact = months.find((one) => one.generation === generation && one.stack === framework);
  return exact ?? months.find((one) => one.stack === framework) ?? months[0];
}

function assumptions({
  choices,
  layout,
  hardware,
  known,
  best,
  setting,
}: {
  choices: LayoutChoices;
  layout: TrainingLayout;
  hardware: HardwareReference;
  known: Accelerator;
  best: FastestLayout;
  setting: StepSetting;
}): Record<string, string> {
  const chosen = best.fits ? "the fastest that fits" : "the least memory; nothing fits";
  const assumed: Record<string, string> = {};
  // Not a spread object: engines take microseconds for each field that is added to one.
  Object.assign(assumed, choices.assumed, best.assumed);
  if (layout.framework === undefined) assumed["framework"] = setting.framework;
  if (layout.software === undefined)
    assumed["software"] = `${setting.software}: the middle of those measured`;
  if (layout.microBatch === undefined)
    assumed["microBatch"] = `${best.layout.microBatch}: ${chosen}`;
  if (layout.recompute === undefined) assumed["recompute"] = `${best.layout.recompute}: ${chosen}`;
  if (layout.pp > 1) {
    if (layout.vp === undefined) assumed["vp"] = `${best.layout.vp}: ${chosen}`;
    if (layout.schedule === undefined) assumed["schedule"] = best.layout.schedule;
  }
  if (setting.framework === "fsdp" || setting.framework === "deepspeed")
    assumed["kernels"] = "compiled or fused; eager PyTorch takes two to five times as long";
  return Object.assign(assumed, assumedMachine(hardware, known));
}

function assumedMachine(hardware: HardwareReference, known: Accelerator): Record<string, string> {
  const assumed: Record<string, string> = {};
  if (hardware.perNode === undefined) {
    assumed["perNode"] = `${known.scaleUpCount}: the catalogue`;
  }
  if (hardware.interconnectGbps === undefined && known.networkBytesPerSecond !== undefined) {
    assumed["interconnectGbps"] = `${(known.networkBytesPerSecond * 8) / 1e9}: the catalogue`;
  }
  return assumed;
}
