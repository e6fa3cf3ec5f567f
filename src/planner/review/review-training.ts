import type { Accelerator } from "../../schema/catalogue.ts";
import type { FinishedTraining } from "../../schema/plan/finished-training.ts";
import type { EnergyTable, InterruptionTable, Region } from "../../schema/plan/plan-tables.ts";
import type { StepPrediction } from "../../schema/plan/step-prediction.ts";
import type {
  GapPart,
  ReviewedChange,
  ReviewedFigure,
  StepShare,
  TrainingReview,
} from "../../schema/plan/training-review.ts";
import { energyOfTraining } from "../energy/energy-of-training.ts";
import { deviationsOf80Percent } from "../odds/deviations.ts";
import { samplesToTarget, type SamplesGoal } from "../samples/samples-to-target.ts";
import { explainGap, type PredictedTraining } from "./explain-gap.ts";
import type { MeasuredTraining } from "./measure-training.ts";
import { measuredChanges } from "./measured-changes.ts";
import { proposeChanges, type ChangeRequest, type FreeChange } from "./propose-changes.ts";
import { sharesOfStep } from "./shares-of-step.ts";

/** A training, what its log shows, and what it is compared with. */
export interface ReviewRequest {
  training: FinishedTraining;
  measured: MeasuredTraining;
  accelerator: Accelerator | undefined;
  count: number | undefined;
  /** The step of the known or inferred layout; undefined where none can be predicted. */
  step: StepPrediction | undefined;
  /** The same layout without recomputation; undefined if it does not recompute. */
  stepWithoutRecompute: StepPrediction | undefined;
  /** The predicted step includes evaluations. */
  includesEvaluation: boolean;
  globalBatch: number | undefined;
  goal: SamplesGoal | undefined;
  published: TrainingReview["published"];
  /** Evaluations are where the rules of the benchmark have them. */
  hasFixedEvaluations: boolean;
  changes: Omit<ChangeRequest, "stepsMs"> | undefined;
  usdPerHour: number | undefined;
  interruptions: InterruptionTable;
  energy: EnergyTable;
  region: Region;
}

export type ReviewFigures = Pick<
  TrainingReview,
  "figures" | "gap" | "stepShares" | "changes" | "stepTimeP95Ms"
>;

const shownChanges = 3;
/** A smaller gain is less than trainings vary. */
const smallestGain = 0.01;

/** Compares a training with its prediction, explains the difference, and proposes changes. */
export function reviewTraining(request: ReviewRequest): ReviewFigures {
  const predicted = predictedTraining(request);
  const { measured, training } = request;
  const gap = predicted === undefined ? undefined : explainGap(training, measured, predicted);
  const usdOf = (ms: number): { usd: number } | undefined =>
    request.usdPerHour === undefined ? undefined : { usd: (ms * request.usdPerHour) / 3_600_000 };
  return {
    figures: figuresOf(request, predicted),
    ...(measured.step === undefined ? {} : { stepTimeP95Ms: measured.step.p95Ms }),
    ...(gap === undefined ? {} : { gap: pricedGap(gap, usdOf) }),
    stepShares: stepSharesOf(request, usdOf),
    changes: changesOf(request),
  };
}

type UsdOf = (ms: number) => { usd: number } | undefined;

function pricedGap(
  { parts, totalMs }: ReturnType<typeof explainGap>,
  usdOf: UsdOf,
): NonNullable<TrainingReview["gap"]> {
  const priced = (ms: number): { gapUsd?: number } => {
    const cost = usdOf(ms);
    return cost === undefined ? {} : { gapUsd: cost.usd };
  };
  const total = usdOf(totalMs);
  return {
    parts: parts.map((part): GapPart => Object.assign({}, part, priced(part.gapMs))),
    totalMs,
    ...(total === undefined ? {} : { totalUsd: total.usd }),
  };
}

/** Undefined if neither a step nor a time to train is predicted. */
function predictedTraining(request: ReviewRequest): PredictedTraining | undefined {
  const { step, published, count, interruptions, measured, includesEvaluation } = request;
  const { seconds, secondsPerDoubling } = interruptions.start;
  const initMs = 1000 * (seconds + secondsPerDoubling * Math.log2(count ?? 1));
  const expected = expectedSteps(request);
  if (step !== undefined && measured.step !== undefined && expected !== undefined) {
    const stepsMs = expected.steps * step.stepTimeMs;
    const hasNone = includesEvaluation || measured.evaluationCount === 0;
    const evaluationMs = hasNone ? 0 : stepsMs * interruptions.evaluation.fraction;
    return {
      initMs,
      step,
      includesEvaluation,
      steps: expected.steps,
      stepsText: expected.text,
      evaluationMs,
      trainMs: stepsMs + evaluationMs,
    };
  }
  if (published === undefined) return undefined;
  return {
    initMs,
    step: undefined,
    includesEvaluation: true,
    steps: undefined,
    stepsText: "",
    evaluationMs: 0,
    trainMs: published.trainMs,
  };
}

/** By the reference of the benchmark if the target was reached, else as many as were made. */
function expectedSteps({
  goal,
  globalBatch,
  measured,
  training,
}: ReviewRequest): { steps: number; text: string; logSpread: number } | undefined {
  const { steps } = measured;
  if (steps === undefined) return undefined;
  const own = { steps, text: "were made", logSpread: 0 };
  if (goal?.kind !== "reference" || globalBatch === undefined) return own;
  if (training.outcome !== "reached") return own;
  const answer = samplesToTarget(goal, globalBatch);
  if (answer.kind !== "known") return own;
  return {
    steps: answer.samples / globalBatch,
    text: "the reference needs at this batch size",
    logSpread: answer.logSpread,
  };
}

function figuresOf(
  request: ReviewRequest,
  predicted: PredictedTraining | undefined,
): TrainingReview["figures"] {
  const { measured, usdPerHour, training } = request;
  const spread = predicted === undefined ? undefined : timeSpread(request);
  const around = (value: number | undefined): ReviewedFigure =>
    value === undefined
      ? {}
      : {
          predicted: value,
          ...(spread === undefined ? {} : { low: value * spread.low, high: value * spread.high }),
        };
  // Like for like: without the initialization where the log does not show it.
  const initMs = measured.initMs === undefined ? 0 : (predicted?.initMs ?? 0);
  const paidPredicted = predicted && predicted.trainMs + initMs;
  const paidMs = measured.trainMs + (measured.initMs ?? 0);
  const usd = (ms: number | undefined): number | undefined =>
    ms === undefined || usdPerHour === undefined ? undefined : (ms * usdPerHour) / 3_600_000;
  return {
    stepTimeMs: { ...stepFigure(predicted), ...got(measured.step?.typicalMs) },
    samples: { ...samplesFigure(request, predicted), ...got(measured.samples) },
    trainMs: { ...around(predicted?.trainMs), ...got(measured.trainMs) },
    initMs: {
      ...(predicted === undefined ? {} : { predicted: predicted.initMs }),
      ...got(measured.initMs),
    },
    paidMs: { ...around(paidPredicted), ...got(paidMs) },
    usd: { ...around(usd(paidPredicted)), ...got(usd(paidMs)) },
    kwh: { ...energyFigure(request, paidPredicted), ...got(training.measuredKwh) },
  };
}

function stepFigure(predicted: PredictedTraining | undefined): ReviewedFigure {
  const step = predicted?.step;
  if (step === undefined) return {};
  const { low, high } = step.intervalMs;
  return { predicted: step.stepTimeMs, low, high };
}

function samplesFigure(
  { globalBatch }: ReviewRequest,
  predicted: PredictedTraining | undefined,
): ReviewedFigure {
  const steps = predicted?.steps;
  return steps === undefined || globalBatch === undefined ? {} : { predicted: steps * globalBatch };
}

function got(value: number | undefined): { got?: number } {
  return value === undefined ? {} : { got: value };
}

function energyFigure(
  { accelerator, count, step, region, energy }: ReviewRequest,
  timeMs: number | undefined,
): { predicted?: number } {
  if (accelerator === undefined || count === undefined || timeMs === undefined) return {};
  const found = energyOfTraining({
    accelerator,
    acceleratorCount: count,
    timeMs,
    mfu: step?.mfu,
    region,
    table: energy,
  });
  return found === undefined ? {} : { predicted: found.kwh };
}

/** Factors of the time to train that bound 80 % of the outcomes: the step's, and that of the samples over seeds. */
function timeSpread(request: ReviewRequest): { low: number; high: number } | undefined {
  const { step, published } = request;
  if (step !== undefined) {
    const { low, high } = step.intervalMs;
    const seeds = deviationsOf80Percent * (expectedSteps(request)?.logSpread ?? 0);
    return {
      low: Math.exp(-Math.hypot(Math.log(step.stepTimeMs / low), seeds)),
      high: Math.exp(Math.hypot(Math.log(high / step.stepTimeMs), seeds)),
    };
  }
  return published === undefined
    ? undefined
    : { low: published.low / published.trainMs, high: published.high / published.trainMs };
}

function stepSharesOf(
  { step, stepWithoutRecompute, measured }: ReviewRequest,
  usdOf: UsdOf,
): StepShare[] {
  const { steps } = measured;
  if (step === undefined || steps === undefined) return [];
  return sharesOfStep(step, stepWithoutRecompute).map(({ part, ms }) =>
    Object.assign(
      { part, ms: steps * ms, fraction: ms / step.stepTimeMs },
      usdOf(steps * ms) ?? {},
    ),
  );
}

/** Those that gain time and money first, by time; then those that trade one for the other. */
function changesOf(request: ReviewRequest): ReviewedChange[] {
  const { measured, changes, usdPerHour } = request;
  const paidMs = measured.trainMs + (measured.initMs ?? 0);
  const stepsMs = (measured.steps ?? 0) * (measured.step?.typicalMs ?? 0);
  const modelled =
    changes === undefined || stepsMs === 0 ? [] : proposeChanges({ ...changes, stepsMs });
  const all = [...measuredChanges(request, paidMs), ...modelled];
  const free = distinct(all.filter(({ countFactor }) => countFactor === 1));
  const traded = all.filter((change) => change.countFactor !== 1);
  const worth = [
    ...free
      .filter(({ gainMs }) => gainMs > smallestGain * paidMs)
      .toSorted((a, b) => b.gainMs - a.gainMs),
    ...traded
      .filter((change) => balanceOf(change, paidMs) < tradeThreshold)
      .toSorted((a, b) => balanceOf(a, paidMs) - balanceOf(b, paidMs)),
  ];
  return worth.slice(0, shownChanges).map((change) => priced(change, paidMs, usdPerHour));
}

/** A change of the number of accelerators must lower the product of time and cost by as much. */
const tradeThreshold = 0.9;

function balanceOf({ gainMs, countFactor }: FreeChange, paidMs: number): number {
  return ((paidMs - gainMs) / paidMs) ** 2 * countFactor;
}

/** Changes of one kind exclude each other: the largest gain counts. */
function distinct(changes: readonly FreeChange[]): FreeChange[] {
  const best = new Map<string, FreeChange>();
  for (const change of changes) {
    const known = best.get(change.kind);
    if (known === undefined || change.gainMs > known.gainMs) best.set(change.kind, change);
  }
  return [...best.values()];
}

function priced(
  { countFactor, ...change }: FreeChange,
  paidMs: number,
  usdPerHour: number | undefined,
): ReviewedChange {
  if (usdPerHour === undefined) return change;
  const usd = (gainMs: number): number =>
    ((paidMs - (paidMs - gainMs) * countFactor) * usdPerHour) / 3_600_000;
  return {
    ...change,
    gainUsd: usd(change.gainMs),
    lowUsd: usd(change.lowMs),
    highUsd: usd(change.highMs),
  };
}
