import { formatDuration, formatSignificant } from "../../foundation/numbers/units.ts";
import type { FinishedTraining } from "../../schema/plan/finished-training.ts";
import type { StepParts, StepPrediction } from "../../schema/plan/step-prediction.ts";
import type { GapPart } from "../../schema/plan/training-review.ts";
import type { MeasuredStep, MeasuredTraining } from "./measure-training.ts";

/** What was predicted of a training, milliseconds of the whole training. */
export interface PredictedTraining {
  initMs: number;
  /** Undefined if only the time to train is known, from published results. */
  step: StepPrediction | undefined;
  /** The step time holds evaluations too, as that of models of layers. */
  includesEvaluation: boolean;
  steps: number | undefined;
  /** Why so many. */
  stepsText: string;
  evaluationMs: number;
  trainMs: number;
}

/** The difference of a training from its prediction, before it has a price. */
export interface ExplainedGap {
  parts: readonly Omit<GapPart, "gapUsd">[];
  totalMs: number;
}

type Part = Omit<GapPart, "gapUsd">;

/**
 * Divides the difference between a training and its prediction into parts that add up to it. Parts that the log does not
 * show are in the remainder.
 */
export function explainGap(
  training: FinishedTraining,
  measured: MeasuredTraining,
  predicted: PredictedTraining,
): ExplainedGap {
  const gotInit = measured.initMs;
  const totalMs =
    measured.trainMs - predicted.trainMs + (gotInit === undefined ? 0 : gotInit - predicted.initMs);
  const parts = [
    ...initPart(measured, predicted),
    ...samplesPart(measured, predicted),
    ...stepParts(training, measured, predicted),
    ...stoppedParts(training, measured, predicted),
  ];
  const explained = parts.reduce((sum, { gapMs }) => sum + gapMs, 0);
  const rest: Part = {
    part: "not-explained",
    gapMs: totalMs - explained,
    evidence: "remainder",
    text: "what the log does not show",
  };
  return { parts: [...parts, rest], totalMs };
}

function initPart({ initMs }: MeasuredTraining, predicted: PredictedTraining): Part[] {
  if (initMs === undefined) return [];
  return [
    {
      part: "initialization",
      predictedMs: predicted.initMs,
      gotMs: initMs,
      gapMs: initMs - predicted.initMs,
      evidence: "against an assumption",
      text: `before the clock starts; ${formatDuration(predicted.initMs)} assumed`,
    },
  ];
}

function samplesPart(measured: MeasuredTraining, predicted: PredictedTraining): Part[] {
  const { step, steps, stepsText } = predicted;
  if (step === undefined || steps === undefined || measured.steps === undefined) return [];
  const more = measured.steps - steps;
  if (Math.abs(more) < 0.5) return [];
  const percent = formatSignificant((100 * Math.abs(more)) / steps, 2);
  return [
    {
      part: "samples",
      predictedMs: steps * step.stepTimeMs,
      gotMs: measured.steps * step.stepTimeMs,
      gapMs: more * step.stepTimeMs,
      evidence: "reference",
      text: `${percent} % ${more > 0 ? "more" : "fewer"} than ${stepsText}`,
    },
  ];
}

/** Why steps took longer than predicted. */
function stepParts(
  training: FinishedTraining,
  measured: MeasuredTraining,
  predicted: PredictedTraining,
): Part[] {
  const { step: got, steps } = measured;
  const { step } = predicted;
  if (got === undefined || step === undefined || steps === undefined) return [];
  const means = ranksOf(training, got);
  const of = { step, steps, waiting: step.breakdown.stragglers };
  const evaluationMs = predicted.includesEvaluation ? measured.evaluationMs : 0;
  const parts = means === undefined ? [typicalPart(got, of, evaluationMs)] : rankParts(means, of);
  const waiting = means === undefined ? of.waiting : 0;
  return [...parts, ...firstPart(got), slowPart(got, steps * waiting)];
}

interface StepContext {
  step: StepPrediction;
  steps: number;
  /** For the slowest rank, predicted, per step. */
  waiting: number;
}

/** @param evaluationMs that the predicted step includes */
function typicalPart(
  got: MeasuredStep,
  { step, steps, waiting }: StepContext,
  evaluationMs: number,
): Part {
  const { low, high, level } = step.intervalMs;
  const predictedMs = step.stepTimeMs - waiting;
  const gotMs = steps * got.typicalMs + evaluationMs;
  const isInside = gotMs / steps >= low && gotMs / steps <= high;
  const interval = `${formatDuration(low)} to ${formatDuration(high)}`;
  const what = evaluationMs > 0 ? "with evaluations" : "median step";
  return {
    part: "steps",
    predictedMs: steps * predictedMs,
    gotMs,
    gapMs: gotMs - steps * predictedMs,
    evidence: "measured",
    text: isInside
      ? `${what}; within the error of the prediction (${interval})`
      : `${what}; outside the ${100 * level} % interval of the prediction (${interval})`,
  };
}

/** Means over the ranks of a run with step samples. */
interface RankMeans {
  computeMs: number;
  communicationMs: number;
  dataWaitMs: number;
  /** Of the median step, what no part has. */
  otherMs: number;
  spreadMs: number;
}

function ranksOf(
  { ranks, rankSpreadMs }: FinishedTraining,
  got: MeasuredStep,
): RankMeans | undefined {
  if (ranks.length === 0) return undefined;
  const mean = (of: (rank: (typeof ranks)[number]) => number): number =>
    ranks.reduce((sum, rank) => sum + of(rank), 0) / ranks.length;
  const computeMs = mean((rank) => rank.computeMs);
  const dataWaitMs = mean((rank) => rank.dataWaitMs);
  const waitingMs = mean((rank) => rank.communicationMs);
  const spreadMs = Math.min(rankSpreadMs ?? 0, waitingMs);
  const communicationMs = waitingMs - spreadMs;
  const otherMs = got.typicalMs - computeMs - dataWaitMs - waitingMs;
  return { computeMs, communicationMs, dataWaitMs, otherMs, spreadMs };
}

function rankParts(got: RankMeans, { step, steps, waiting }: StepContext): Part[] {
  const exposed = exposedMs(step.breakdown);
  const predicted = {
    compute: step.stepTimeMs - exposed - waiting,
    communication: exposed,
  };
  return [
    {
      part: "compute",
      predictedMs: steps * predicted.compute,
      gotMs: steps * got.computeMs,
      gapMs: steps * (got.computeMs - predicted.compute),
      evidence: "measured",
      text: "mean of the ranks, without waiting",
    },
    {
      part: "communication",
      predictedMs: steps * predicted.communication,
      gotMs: steps * got.communicationMs,
      gapMs: steps * (got.communicationMs - predicted.communication),
      evidence: "measured",
      text: "not hidden by computation, and pipeline bubbles",
    },
    {
      part: "data",
      predictedMs: 0,
      gotMs: steps * got.dataWaitMs,
      gapMs: steps * got.dataWaitMs,
      evidence: "measured",
      text: "ranks waited for the next batch",
    },
    {
      part: "stragglers",
      predictedMs: steps * waiting,
      gotMs: steps * got.spreadMs,
      gapMs: steps * (got.spreadMs - waiting),
      evidence: "measured",
      text: "ranks waited for the slowest of each step",
    },
    {
      part: "steps",
      gotMs: steps * got.otherMs,
      gapMs: steps * got.otherMs,
      evidence: "measured",
      text: "between the parts that ranks report",
    },
  ];
}

/** Communication that computation does not hide, and pipeline bubbles, of a predicted step. */
export function exposedMs(parts: StepParts): number {
  return (
    parts.tensorParallel +
    parts.contextParallel +
    parts.expertParallel +
    parts.pipelineTransfer +
    parts.dataParallel +
    parts.bubble
  );
}

function firstPart({ firstStepsMs }: MeasuredStep): Part[] {
  if (firstStepsMs <= 0) return [];
  const text = "longer than as many median steps: warm-up, compilation";
  return [added("first-steps", firstStepsMs, text)];
}

function slowPart(got: MeasuredStep, waitingMs: number): Part {
  return {
    part: "slow-steps",
    predictedMs: waitingMs,
    gotMs: got.slowStepsMs,
    gapMs: got.slowStepsMs - waitingMs,
    evidence: "measured",
    text: slowText(got, waitingMs),
  };
}

function slowText({ typicalMs, p95Ms, slowStepsMs }: MeasuredStep, waitingMs: number): string {
  const spread = `median ${formatDuration(typicalMs)}, p95 ${formatDuration(p95Ms)}`;
  const expected =
    waitingMs > 0 ? `; the model expects ${formatDuration(waitingMs)} of waiting` : "";
  return `${formatDuration(slowStepsMs)} beyond the median step (${spread})${expected}`;
}

function stoppedParts(
  { restartCount }: FinishedTraining,
  measured: MeasuredTraining,
  predicted: PredictedTraining,
): Part[] {
  const { checkpointMs, step } = measured;
  const parts = evaluationPart(measured, predicted);
  if (checkpointMs > 0) parts.push(added("checkpoints", checkpointMs, "training waited for them"));
  const pausesMs = (step?.pausesMs ?? 0) + (step?.tailMs ?? 0);
  if (predicted.step === undefined || pausesMs === 0) return parts;
  const pauses =
    restartCount > 0
      ? added("restarts", pausesMs, `between steps; ${restartCount} restarts`)
      : added("pauses", pausesMs, "between steps, and after the last one");
  return [...parts, pauses];
}

function evaluationPart(measured: MeasuredTraining, predicted: PredictedTraining): Part[] {
  const { evaluationMs, evaluationCount } = measured;
  const isCounted = predicted.includesEvaluation || predicted.step === undefined;
  if (evaluationCount === 0 || isCounted) return [];
  return [
    {
      part: "evaluation",
      predictedMs: predicted.evaluationMs,
      gotMs: evaluationMs,
      gapMs: evaluationMs - predicted.evaluationMs,
      evidence: "against an assumption",
      text: `${evaluationCount} times; ${formatDuration(predicted.evaluationMs)} assumed`,
    },
  ];
}

/** A part that nothing was predicted for. */
function added(part: GapPart["part"], gotMs: number, text: string): Part {
  return { part, predictedMs: 0, gotMs, gapMs: gotMs, evidence: "measured", text };
}
