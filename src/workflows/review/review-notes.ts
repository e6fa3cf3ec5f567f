import type { InferredLayout } from "../../planner/review/infer-layout.ts";
import type { MeasuredTraining } from "../../planner/review/measure-training.ts";
import type { ReviewRequest } from "../../planner/review/review-training.ts";
import type { Accelerator } from "../../schema/catalogue.ts";
import type { FinishedTraining } from "../../schema/plan/finished-training.ts";
import type { StepPrediction } from "../../schema/plan/step-prediction.ts";
import type { TrainingReview } from "../../schema/plan/training-review.ts";
import type { KnownSystem } from "./known-system.ts";
import type { ReviewedPrice } from "./price-of-training.ts";
import type { ReviewedGoal } from "./reviewed-goal.ts";

/** What the log does not show, and which input would. */
export function unknownOf({
  training,
  measured,
  inferred,
  price,
  step,
  accelerator,
}: {
  training: FinishedTraining;
  measured: MeasuredTraining;
  inferred: InferredLayout | undefined;
  price: ReviewedPrice;
  step: StepPrediction | undefined;
  accelerator: Accelerator | undefined;
}): TrainingReview["unknown"] {
  const unknown: TrainingReview["unknown"] = [];
  if (training.ranks.length === 0)
    unknown.push({
      what: "waiting for data, communication and slow ranks within a step",
      input: "a run of `pitwall run` whose program reports its steps with pitwall.py",
    });
  if (measured.initMs === undefined)
    unknown.push({ what: "initialization", input: "an `init_start` line in the log" });
  if (measured.step === undefined)
    unknown.push({
      what: "step times",
      input:
        "a global batch size (`--layout globalBatch=256`) and lines that count steps or samples",
    });
  if (measured.evaluationCount === 0)
    unknown.push({ what: "time of evaluations", input: "`eval_start` and `eval_stop` lines" });
  if (step !== undefined && (inferred?.alternatives.length ?? 0) > 0)
    unknown.push({
      what: "the layout for certain",
      input: "its degrees: `--layout tp=4,pp=8,cp=1,microBatch=1,precision=fp8`",
    });
  if (price.usdPerHour === undefined)
    unknown.push({
      what: "the cost",
      input: `\`--price ${accelerator?.name ?? "<accelerator>"}=<dollars per accelerator-hour>\``,
    });
  return unknown;
}

/** What the review rests on, and what could not be done. */
export function reviewNotes({
  request,
  context,
  inferred,
  price,
}: {
  request: ReviewRequest;
  context: NotesContext;
  inferred: InferredLayout | undefined;
  price: ReviewedPrice;
}): string[] {
  const { training, step } = request;
  const ignored = inferred?.ignored ?? [];
  const transfer = step?.assumed["calibration"];
  return [
    ...predictionNotes(request, context),
    ...ignored.map((field) => `\`${field}\` of the log is ignored: no layout agrees with it`),
    ...outcomeNotes(training),
    ...(price.recorded === undefined ? [] : [`price of the run: ${price.recorded}`]),
    ...(transfer === undefined ? [] : [transfer]),
    ...(request.hasFixedEvaluations ? ["the rules of the benchmark set when it evaluates"] : []),
  ];
}

interface NotesContext {
  goal: ReviewedGoal;
  system: KnownSystem;
  accelerator: Accelerator | undefined;
}

/** Why there is no prediction, or which one it is. */
function predictionNotes(
  { step, published, includesEvaluation, measured, globalBatch }: ReviewRequest,
  { goal, system, accelerator }: NotesContext,
): string[] {
  if (accelerator === undefined)
    return [
      `${system.acceleratorText ?? "the accelerator"} is not in the catalog: nothing is predicted`,
    ];
  const instead = published === undefined ? "" : ": compared with published results only";
  if (step !== undefined) {
    if (measured.step === undefined) return [`the log does not show its steps${instead}`];
    return includesEvaluation
      ? [
          "the efficiency of this model is that of published results, with their evaluations",
          ...doubtNotes(step, measured.step.typicalMs),
        ]
      : layoutNotes(step, measured.step.typicalMs);
  }
  if (globalBatch === undefined)
    return ["the global batch size is not known: `--layout globalBatch=256` gives it"];
  return (goal.shape ?? goal.layers) === undefined
    ? [`the steps of ${goal.title} are not modelled${instead}`]
    : ["no layout of the model divides these accelerators and this batch"];
}

function layoutNotes(step: StepPrediction, gotMs: number): string[] {
  const unfit = "no layout fits the memory by the model, although the training ran";
  return [...(step.fits ? [] : [unfit]), ...doubtNotes(step, gotMs)];
}

/** Beyond this factor, it is more likely that something else was trained than that the model is so far off. */
const doubtfulFactor = 2.5;

function doubtNotes({ stepTimeMs }: StepPrediction, gotMs: number): string[] {
  const ratio = gotMs / stepTimeMs;
  if (ratio < doubtfulFactor && ratio > 1 / doubtfulFactor) return [];
  return [
    "the measured step is so far from the prediction that the model, the batch or the accelerators may be other ones: `--model`, `--layout`, `--accelerator` and `--count` correct them",
  ];
}

function outcomeNotes({ outcome }: FinishedTraining): string[] {
  const samples = "as many samples are predicted as were trained on";
  switch (outcome) {
    case "reached":
      return [];
    case "not-reached":
      return [`the target was not reached: ${samples}`];
    case "unknown":
      return [`the log does not say whether a target was reached: ${samples}`];
  }
}
