import type { Accelerator } from "../../schema/catalogue.ts";
import type { LayerModelFit } from "../../schema/plan/layer-calibration.ts";
import type { LayoutAnswer, StepParts, StepPrediction } from "../../schema/plan/step-prediction.ts";
import type { HardwareReference, TrainingLayout } from "../../schema/plan/training-layout.ts";
import { layerMemory, sumOf } from "./layer-memory.ts";
import { trainingFlop, type LayerModel } from "./layer-work.ts";
import {
  layerStepParts,
  spreadOn,
  stepMsOf,
  type LayerSpread,
  type LayerStepParts,
} from "./layer-step-time.ts";

const level = 0.8;

/**
 * Predicts one step of a model of layers (ResNet-50, DLRM, ...), which every accelerator runs whole on its part of the
 * batch: the roofline of its layers at the efficiency that published results reach.
 *
 * @param fits `data/planner/layer-models.json`
 */
export function predictLayerModel(
  model: LayerModel,
  { known, ...hardware }: HardwareReference & { known: Accelerator },
  layout: TrainingLayout,
  fits: readonly LayerModelFit[],
): LayoutAnswer {
  const refused = refusalOf(model, layout, hardware.count);
  if (refused !== undefined) return refused;
  const fit = fits.find((one) => one.model === model.name);
  const usual = spreadOn(known, { count: hardware.count, globalBatch: layout.globalBatch });
  if (fit === undefined || usual === undefined) {
    return error(
      "peak-unknown",
      `no peak of \`${known.name}\` is published`,
      "give `peakFlopPerSecond`",
    );
  }
  const spread = spreadWith(hardware, peakOf(known, layout), usual);
  const measured = fit.efficiencies[known.name];
  const efficiency = measured?.value ?? fit.usualEfficiency;
  const parts = layerStepParts(model, spread, { ...fit, efficiency });
  const stepTimeMs = stepMsOf(parts);
  const { low, high } = measured === undefined ? fit.unseenInterval : fit.interval;
  const room = hardware.memoryBytes ?? known.memoryBytes;
  const memory = layerMemory(model, layout, { count: hardware.count, memoryBytes: room });
  const memoryBytes = sumOf(memory.parts);
  return {
    kind: "predicted",
    stepTimeMs,
    intervalMs: { low: stepTimeMs * low, high: stepTimeMs * high, level },
    ...ratesOf(model, spread, stepTimeMs),
    memoryBytes,
    memoryBytesPerAccelerator: memory.parts,
    fits: memoryBytes <= room,
    breakdown: breakdownOf(parts),
    assumed: {
      ...memory.assumed,
      ...(layout.globalBatch < hardware.count
        ? {
            split: `each ${model.sample} over ${(hardware.count / layout.globalBatch).toFixed(1)} accelerators`,
          }
        : {}),
      efficiency:
        measured === undefined
          ? `${efficiency}: the median of other accelerators; no result of ${known.name} is published`
          : `${efficiency} of the roofline: the median of ${measured.points} results of MLPerf Training on ${known.name}, with their evaluation`,
    },
  };
}

function ratesOf(model: LayerModel, spread: LayerSpread, stepTimeMs: number): Rates {
  const samples = (spread.globalBatch / spread.count / stepTimeMs) * 1000;
  const flop = samples * trainingFlop(model);
  const utilization = flop / spread.peakFlopPerSecond;
  return {
    samplesPerSecondPerAccelerator: samples,
    modelFlopPerSecondPerAccelerator: flop,
    modelFlopPerSecondPerAcceleratorFullAttention: flop,
    mfu: utilization,
    mfuFullAttention: utilization,
    hfu: utilization,
  };
}

type Rates = Pick<
  StepPrediction,
  | "samplesPerSecondPerAccelerator"
  | "modelFlopPerSecondPerAccelerator"
  | "modelFlopPerSecondPerAcceleratorFullAttention"
  | "mfu"
  | "mfuFullAttention"
  | "hfu"
>;

/** Numbers of one's own in place of the catalog's. */
function spreadWith(
  hardware: Omit<HardwareReference, "accelerator">,
  peak: number | undefined,
  usual: LayerSpread,
): LayerSpread {
  const { perNode, interconnectGbps, peakFlopPerSecond, memoryBytesPerSecond } = hardware;
  const { scaleUpBytesPerSecond } = hardware;
  return {
    ...usual,
    ...(perNode === undefined ? {} : { perNode }),
    peakFlopPerSecond: peakFlopPerSecond ?? peak ?? usual.peakFlopPerSecond,
    ...(memoryBytesPerSecond === undefined ? {} : { memoryBytesPerSecond }),
    ...(scaleUpBytesPerSecond === undefined
      ? {}
      : { scaleUpBytesPerSecond: scaleUpBytesPerSecond / 2 }),
    ...(interconnectGbps === undefined
      ? {}
      : { networkBytesPerSecond: (interconnectGbps * 1e9) / 8 }),
  };
}

/** Formats of 8 and 4 bits are not told apart: the fitted efficiency holds for what submitters used. */
function peakOf(accelerator: Accelerator, { precision }: TrainingLayout): number | undefined {
  const peaks = accelerator.peakFlopPerSecond;
  return precision === "fp32" || precision === "tf32"
    ? (peaks[precision] ?? peaks.fp32)
    : undefined;
}

function refusalOf(
  model: LayerModel,
  { tp, pp, cp, ep, globalBatch }: TrainingLayout,
  count: number,
): LayoutAnswer | undefined {
  // Volumes are split over accelerators where there are more of them than samples.
  const isSplit = model.sample === "volume";
  if (tp * pp * cp * ep > 1) {
    return error(
      "not-modelled",
      `\`${model.name}\` is only modelled with data parallelism`,
      "leave out `tp`, `pp`, `cp` and `ep`",
    );
  }
  if (globalBatch < count && !isSplit) {
    return error(
      "batch-too-small",
      `a batch of ${globalBatch} does not reach ${count} accelerators`,
      "raise `globalBatch`, or lower `count`",
    );
  }
  return undefined;
}

function error(code: string, message: string, hint: string): LayoutAnswer {
  return { kind: "error", error: { code, message, hint } };
}

function breakdownOf(parts: LayerStepParts): StepParts {
  return {
    attention: 0,
    tensorParallel: 0,
    contextParallel: 0,
    pipelineTransfer: 0,
    bubble: 0,
    offload: 0,
    ...parts,
  };
}
