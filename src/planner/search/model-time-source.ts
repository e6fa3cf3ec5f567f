import type { Accelerator } from "../../schema/catalogue.ts";
import type { PlannedLayout } from "../../schema/plan/run-plan.ts";
import type { Precision } from "../../schema/plan/training-layout.ts";
import { deviationsOf80Percent } from "../odds/deviations.ts";
import { samplesToTarget, type SamplesGoal } from "../samples/samples-to-target.ts";
import { modelFlop } from "../step/model-flop.ts";
import { correctionNear } from "../step/evidence-corrections.ts";
import { evidenceQuery, predictStep } from "../step/predict-step.ts";
import type { WholeLayout } from "../step/prepare-step.ts";
import { transformerSizes } from "../step/transformer-sizes.ts";
import { describeBasis } from "../samples/describe-basis.ts";
import { describeParts } from "./describe-parts.ts";
import {
  fastestLayouts,
  type FastestLayout,
  type FastestLayouts,
  type LayoutQuestion,
} from "./fastest-layouts.ts";
import type { EstimateAnswer, TimeEstimate, TimeSource } from "./time-estimate.ts";

/** A transformer that is planned by the analytic model. */
export interface ModelPlanning extends LayoutQuestion {
  goal: SamplesGoal;
  /** Global batch sizes to consider, in sequences. */
  batches: readonly number[];
  /** Share of the time that evaluations add. */
  evaluationFraction: number;
}

/**
 * Times from the analytic model, at the fastest layout that fits, one for each batch size.
 *
 * @param layouts those of the same question, kept from an earlier goal
 */
export function modelTimeSource(
  planning: ModelPlanning,
  layouts: FastestLayouts = fastestLayouts(planning),
): TimeSource {
  const flopPerToken = modelFlop(transformerSizes(planning.shape)).perToken;
  return (accelerator, count) => {
    const step = { accelerator, count, planning, flopPerToken };
    const estimates: TimeEstimate[] = [];
    let unfit: Exclude<FastestLayout, { kind: "found" }> | undefined;
    for (const batch of planning.batches) {
      const found = layouts(accelerator, count, batch);
      if (found.kind !== "found") {
        unfit = closest(unfit, found);
        continue;
      }
      const estimate = timeEstimate(found, step);
      if (estimate !== undefined) estimates.push(estimate);
    }
    if (estimates.length > 0) return { kind: "estimates", estimates };
    return unfitAnswer(unfit, step);
  };
}

type Unfit = Exclude<FastestLayout, { kind: "found" }>;

/** The one that needs the least memory; one that does not divide says less. */
function closest(one: Unfit | undefined, other: Unfit): Unfit {
  if (one?.kind !== "does-not-fit") return other;
  return other.kind === "does-not-fit" && other.leastBytes < one.leastBytes ? other : one;
}

function unfitAnswer(unfit: Unfit | undefined, { count, planning }: StepOf): EstimateAnswer {
  switch (unfit?.kind) {
    case "unknown":
      return { kind: "none", reason: "no-rate", text: unfit.text };
    case "does-not-fit":
      return { kind: "none", reason: "does-not-fit", text: unfit.text };
    case "does-not-divide":
    case undefined:
      return {
        kind: "none",
        reason: "batch-too-large",
        text: `no layout of ${count} divides a batch of ${planning.batches.join(" or ")} sequences`,
      };
  }
}

type Found = Extract<FastestLayout, { kind: "found" }>;

interface StepOf {
  accelerator: Accelerator;
  count: number;
  planning: ModelPlanning;
  flopPerToken: number;
}

function timeEstimate(found: Found, step: StepOf): TimeEstimate | undefined {
  const { accelerator, count, planning, flopPerToken } = step;
  const { layout, memoryBytes } = found;
  const stepTimeMs = found.stepTimeMs * correctionOf(layout, step);
  const samples = samplesToTarget(planning.goal, layout.globalBatch);
  if (samples.kind !== "known") return undefined;
  const steps = samples.samples / layout.globalBatch;
  const peak = peakOf(accelerator, layout.precision);
  const tokensPerSecond = (1000 * layout.globalBatch * planning.shape.seq) / stepTimeMs / count;
  return {
    basis: "model",
    trainMs: steps * stepTimeMs * (1 + planning.evaluationFraction),
    evaluationMs: steps * stepTimeMs * planning.evaluationFraction,
    timeLogSpread: defaultLogSpread,
    seedLogSpread: samples.logSpread,
    layout: plannedLayout(layout),
    samples: { amount: samples.samples, basis: describeBasis(samples.basis) },
    stepTimeMs,
    mfu: peak === undefined ? undefined : (tokensPerSecond * flopPerToken) / peak,
    memoryBytesPerAccelerator: memoryBytes,
    limitedBy: "",
    detail: () => keptDetail(layout, step),
  };
}

/** What published steps nearby suggest, as in a prediction of the layout. */
function correctionOf(layout: WholeLayout, { accelerator, count, planning }: StepOf): number {
  const { shape, data } = planning;
  const { precision, framework, software } = layout;
  const hardware = { accelerator: accelerator.name, count };
  const adapterRank = layout.adapter?.rank ?? 0;
  const setting = { shape, accelerator, hardware, precision, framework, software, adapterRank };
  const sizes = transformerSizes(shape);
  return correctionNear(evidenceQuery(setting, { sizes, layout }), data.evidence);
}

/** Until the details of an offer are known: that of the groups of the calibration with the widest interval. */
const defaultLogSpread = 0.1;

const kept = new WeakMap<WholeLayout, ReturnType<typeof detailOf>>();

/** A layout that was found has the same details for every goal. */
function keptDetail(layout: WholeLayout, step: StepOf): ReturnType<typeof detailOf> {
  const known = kept.get(layout);
  if (known !== undefined) return known;
  const detail = detailOf(layout, step);
  kept.set(layout, detail);
  return detail;
}

/** Interval, evidence and largest terms, which are only needed for offers that are shown. */
function detailOf(layout: WholeLayout, { accelerator, count, planning }: StepOf) {
  const hardware = { known: accelerator, accelerator: accelerator.name, count };
  const answer = predictStep(planning.shape, hardware, layout, planning.data);
  if (answer.kind === "error") return { limitedBy: answer.error.message };
  const { low, high } = answer.intervalMs;
  const { evidence, assumed } = answer;
  const transfer = assumed["calibration"] === undefined ? "" : `; ${assumed["calibration"]}`;
  return {
    timeLogSpread: Math.log(high / low) / (2 * deviationsOf80Percent),
    limitedBy: describeParts(answer.breakdown),
    breakdown: answer.breakdown,
    ...(evidence === undefined
      ? {}
      : {
          evidence: {
            text: `${evidence.measurement}, predicted ${evidence.ratio.toFixed(2)}x its step time${transfer}`,
            source: evidence.source,
            distance: evidence.distance,
          },
        }),
  };
}

function plannedLayout(layout: WholeLayout): PlannedLayout {
  const { tp, pp, cp, ep, dp, vp, microBatch, precision, recompute, sharding } = layout;
  const { globalBatch, sequenceParallel, framework } = layout;
  return {
    globalBatch,
    tp,
    pp,
    cp,
    ep,
    dp,
    vp,
    microBatch,
    precision,
    recompute,
    sharding,
    sequenceParallel,
    framework,
    source: "model",
  };
}

function peakOf(
  { peakFlopPerSecond: peaks }: Accelerator,
  precision: Precision,
): number | undefined {
  switch (precision) {
    case "fp8":
    case "mxfp8":
      return peaks.fp8;
    case "nvfp4":
      return peaks.fp4;
    case "bf16":
    case "fp16":
      return peaks.bf16 ?? peaks.fp16;
    case "tf32":
    case "fp32":
      return peaks[precision];
  }
}
