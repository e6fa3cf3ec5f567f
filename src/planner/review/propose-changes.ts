import { formatCount } from "../../foundation/numbers/units.ts";
import type { StepPrediction } from "../../schema/plan/step-prediction.ts";
import type { Precision, TrainingLayout } from "../../schema/plan/training-layout.ts";
import type { ReviewedChange } from "../../schema/plan/training-review.ts";
import { deviationsOf80Percent } from "../odds/deviations.ts";
import { samplesToTarget, type SamplesGoal } from "../samples/samples-to-target.ts";
import { acceleratorGeneration } from "../step/accelerator-generation.ts";
import { newestSoftware, predictStep, type StepData } from "../step/predict-step.ts";
import { layoutSpace, virtualStages } from "../search/layout-space.ts";
import { layoutSearch } from "../search/search-layouts.ts";
import type { LayoutSetting } from "./layout-candidates.ts";
import { type Compared, ratioDeviation } from "./ratio-deviations.ts";
import { settledLayout } from "./settled-layout.ts";

/** A training whose layout is known or inferred, and what its steps took. */
export interface ChangeRequest {
  setting: LayoutSetting;
  layout: TrainingLayout;
  prediction: StepPrediction;
  /** All steps at the median, milliseconds. */
  stepsMs: number;
  goal: SamplesGoal | undefined;
  /** Batch sizes between the smallest and the largest of the reference. */
  batches: readonly number[];
  data: StepData;
}

/** A change before it has a price; `countFactor` is the new number of accelerators over the old one. */
export type FreeChange = Omit<ReviewedChange, "gainUsd" | "lowUsd" | "highUsd"> & {
  countFactor: number;
};

interface Found {
  layout: TrainingLayout;
  prediction: StepPrediction;
}

/** Changes of the layout, the precision, the batch and the number of accelerators that the model expects to gain. */
export function proposeChanges(request: ChangeRequest): FreeChange[] {
  const base = {
    layout: settledLayout(request.layout, request.prediction),
    prediction: request.prediction,
  };
  const fastestAt = fastestAtOf(base, request);
  const best = fastestAt(base.layout.globalBatch) ?? base;
  const found = [
    ...layoutChanges(base, best, request),
    ...precisionChanges(base, request),
    ...batchChanges(base, request, fastestAt),
    ...countChanges(base, { best, fastestAt }, request),
  ];
  return found.filter(({ basis, probability, gainMs }) => {
    const isFree = basis !== "measured" && gainMs > 0;
    return isFree ? probability >= leastProbability : true;
  });
}

/** Changes that are less likely to gain anything are not worth trying. */
const leastProbability = 0.65;

/** The fastest of the usual numbers of virtual stages, if the layout leaves it open. */
function predicted(
  request: ChangeRequest,
  layout: TrainingLayout,
  count = request.setting.count,
): Found | undefined {
  const { layers } = request.setting.shape;
  if (layout.vp !== undefined || layout.pp === 1) return predictedOne(request, layout, count);
  // A stage with one layer less than others makes them wait.
  if (layers % layout.pp !== 0 && !Number.isInteger(Math.log2(layout.pp))) return undefined;
  return fastestOf(
    virtualStages(layers, layout.pp).map((vp) => predictedOne(request, { ...layout, vp }, count)),
  );
}

function predictedOne(
  { setting, data }: ChangeRequest,
  layout: TrainingLayout,
  count: number,
): Found | undefined {
  const { shape, accelerator, perNode } = setting;
  const hardware = {
    known: accelerator,
    accelerator: accelerator.name,
    count,
    ...(perNode === undefined ? {} : { perNode }),
  };
  const prediction = predictStep(shape, hardware, layout, data);
  const fits =
    prediction.kind === "predicted" &&
    prediction.fits &&
    prediction.assumed["offloadActivationLayers"] === undefined;
  return fits ? { layout: settledLayout(layout, prediction), prediction } : undefined;
}

function fastestOf(found: Iterable<Found | undefined>): Found | undefined {
  let best: Found | undefined;
  for (const one of found)
    if (
      one !== undefined &&
      (best?.prediction.stepTimeMs ?? Number.POSITIVE_INFINITY) > one.prediction.stepTimeMs
    )
      best = one;
  return best;
}

/** The fastest micro batch and recomputation of the same split, and the fastest of all splits. */
function layoutChanges(base: Found, any: Found, request: ChangeRequest): FreeChange[] {
  const { microBatch: _micro, recompute: _recompute, vp: _vp, ...split } = base.layout;
  const same = predicted(request, split);
  const first = same === undefined ? [] : changeOfLayout(base, same, request);
  const sameMs = same?.prediction.stepTimeMs ?? Number.POSITIVE_INFINITY;
  const isBetter = any.prediction.stepTimeMs < 0.98 * sameMs;
  return isBetter ? [...first, ...changeOfLayout(base, any, request)] : first;
}

function changeOfLayout(base: Found, found: Found, request: ChangeRequest): FreeChange[] {
  const changed = changedFields(base.layout, found.layout);
  if (changed.length === 0) return [];
  const only = (field: string): boolean => changed.every((one) => one === field);
  const kind = only("microBatch") ? "micro-batch" : only("recompute") ? "recomputation" : "layout";
  const compared: Compared =
    kind === "layout" ? "layout" : only("microBatch") ? "microBatch" : "recompute";
  const text = changed
    .map(
      (field) =>
        `${labels[field]} ${found.layout[field] ?? 1} in place of ${base.layout[field] ?? 1}`,
    )
    .join(", ");
  return stepChange({ kind, text, base, found, compared }, request);
}

const labels = {
  tp: "tp",
  pp: "pp",
  cp: "cp",
  ep: "ep",
  vp: "vp",
  microBatch: "micro batch",
  recompute: "recompute",
} as const;
type ChangedField = keyof typeof labels;
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the keys of the table
const changedFieldNames = Object.keys(labels) as ChangedField[];

function changedFields(base: TrainingLayout, other: TrainingLayout): ChangedField[] {
  return changedFieldNames.filter((field) => (base[field] ?? 1) !== (other[field] ?? 1));
}

interface StepChange {
  kind: FreeChange["kind"];
  text: string;
  base: Found;
  found: Found;
  compared: Compared;
}

/** A change that scales the time of the steps by the ratio of two predictions. */
function stepChange(change: StepChange, request: ChangeRequest): FreeChange[] {
  const { kind, text, base, found, compared } = change;
  const ratio = found.prediction.stepTimeMs / base.prediction.stepTimeMs;
  const deviation = ratioDeviation(compared, request.data.evidence);
  return [
    {
      kind,
      text,
      ...gainOf(request.stepsMs, ratio, deviation),
      basis: "model",
      memoryBytesPerAccelerator: found.prediction.memoryBytes,
      countFactor: 1,
    },
  ];
}

/** @param deviation of the logarithm of the ratio */
function gainOf(
  stepsMs: number,
  ratio: number,
  deviation: number,
): Pick<FreeChange, "gainMs" | "lowMs" | "highMs" | "probability"> {
  const width = Math.exp(deviationsOf80Percent * deviation);
  return {
    gainMs: stepsMs * (1 - ratio),
    lowMs: stepsMs * (1 - ratio * width),
    highMs: stepsMs * (1 - ratio / width),
    probability: normalShare(-Math.log(ratio) / deviation),
  };
}

function precisionChanges(base: Found, request: ChangeRequest): FreeChange[] {
  const { accelerator } = request.setting;
  const { fp8, fp4 } = accelerator.peakFlopPerSecond;
  const narrower: Precision[] = [];
  const now = base.layout.precision;
  if (fp8 !== undefined && ["bf16", "fp16", "tf32", "fp32"].includes(now)) narrower.push("fp8");
  // Four bits are in use on NVIDIA's Blackwell only.
  if (fp4 !== undefined && accelerator.vendor === "NVIDIA" && now !== "nvfp4")
    narrower.push("nvfp4");
  return narrower.flatMap((precision) => {
    const found = predicted(request, { ...base.layout, precision });
    if (found === undefined) return [];
    const text = `${precision} in place of ${now}; check that it converges in as many samples`;
    return stepChange({ kind: "precision", text, base, found, compared: "precision" }, request);
  });
}

function batchChanges(base: Found, request: ChangeRequest, fastestAt: FastestAt): FreeChange[] {
  const { goal, batches } = request;
  const now = base.layout.globalBatch;
  const usual = goal === undefined ? undefined : samplesToTarget(goal, now);
  if (goal === undefined || usual?.kind !== "known") return [];
  const tried = batches
    .filter((batch) => batch !== now)
    .flatMap((globalBatch) => {
      const samples = samplesToTarget(goal, globalBatch);
      if (samples.kind !== "known") return [];
      const found = fastestAt(globalBatch);
      if (found === undefined) return [];
      const steps = samples.samples / globalBatch / (usual.samples / now);
      const ratio = (steps * found.prediction.stepTimeMs) / base.prediction.stepTimeMs;
      return [{ globalBatch, samples, ratio, found }];
    });
  const [best] = tried.toSorted((a, b) => a.ratio - b.ratio);
  if (best === undefined) return [];
  const batch = ratioDeviation("batch", request.data.evidence);
  const deviation = Math.hypot(batch, best.samples.logSpread);
  const more = Math.round(100 * (best.samples.samples / usual.samples - 1));
  const samplesText = `${Math.abs(more)} % ${more < 0 ? "fewer" : "more"} samples by the reference`;
  return [
    {
      kind: "batch",
      text: `a batch of ${formatCount(best.globalBatch)} in place of ${formatCount(now)}: ${samplesText}; ${splitText(best.found.layout)}`,
      ...gainOf(request.stepsMs, best.ratio, deviation),
      basis: "reference",
      memoryBytesPerAccelerator: best.found.prediction.memoryBytes,
      countFactor: 1,
    },
  ];
}

function splitText(layout: TrainingLayout): string {
  const degrees = (["tp", "pp", "cp", "ep"] as const).flatMap((name) =>
    layout[name] > 1 ? [`${name} ${layout[name]}`] : [],
  );
  return [...degrees, `micro batch ${layout.microBatch ?? 1}`].join(", ");
}

/** Half and twice as many accelerators at their fastest layouts, compared with the fastest on as many as there are. */
function countChanges(
  base: Found,
  { best, fastestAt }: { best: Found; fastestAt: FastestAt },
  request: ChangeRequest,
): FreeChange[] {
  const { setting, stepsMs } = request;
  const deviation = ratioDeviation("count", request.data.evidence);
  return [0.5, 2].flatMap((countFactor) => {
    const count = setting.count * countFactor;
    const found = Number.isInteger(count) ? fastestAt(base.layout.globalBatch, count) : undefined;
    if (found === undefined) return [];
    const ratio = found.prediction.stepTimeMs / best.prediction.stepTimeMs;
    return [
      {
        kind: "count" as const,
        text: `${formatCount(count)} accelerators in place of ${formatCount(setting.count)}: ${splitText(found.layout)}`,
        ...gainOf(stepsMs, ratio, deviation),
        basis: "model" as const,
        memoryBytesPerAccelerator: found.prediction.memoryBytes,
        countFactor,
      },
    ];
  });
}

/** Finds the fastest layout of a batch on a number of accelerators, with the precision and software of the training. */
type FastestAt = (globalBatch: number, count?: number) => Found | undefined;

/** The search of `pitwall plan`. */
function fastestAtOf({ layout }: Found, request: ChangeRequest): FastestAt {
  const { shape, accelerator, count: own } = request.setting;
  const { precision, adapter, framework = "megatron" } = layout;
  const { calibration } = request.data;
  const { nearest } = acceleratorGeneration(accelerator);
  const software = layout.software ?? newestSoftware(calibration, nearest, framework);
  const setting = { shape, accelerator, precision, framework, software, adapter };
  const space = layoutSpace(shape, framework, accelerator.scaleUpCount);
  const search = layoutSearch(setting, space, { calibration });
  return (globalBatch, count = own) => {
    const found = search(count, globalBatch);
    return found.kind === "found" ? predictedOne(request, found.layout, count) : undefined;
  };
}

/**
 * The share of a standard normal distribution below a value.
 *
 * @see Abramowitz and Stegun 1964, 26.2.17: off by less than 7.5e-8
 */
function normalShare(value: number): number {
  const t = 1 / (1 + 0.2316419 * Math.abs(value));
  const polynomial =
    t *
    (0.31938153 + t * (-0.356563782 + t * (1.781477937 + t * (-1.821255978 + t * 1.330274429))));
  const above = (Math.exp(-(value ** 2) / 2) / Math.sqrt(2 * Math.PI)) * polynomial;
  return value >= 0 ? 1 - above : above;
}
