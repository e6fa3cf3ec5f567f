import { UserError } from "../../foundation/errors/user-error.ts";
import { median } from "../../foundation/numbers/statistics.ts";
import { predictLayerModel } from "../../planner/layer-models/predict-layer-model.ts";
import { inferLayout, type InferredLayout } from "../../planner/review/infer-layout.ts";
import type { KnownLayout, LayoutSetting } from "../../planner/review/layout-candidates.ts";
import { measureTraining } from "../../planner/review/measure-training.ts";
import { reviewTraining, type ReviewRequest } from "../../planner/review/review-training.ts";
import { settledLayout } from "../../planner/review/settled-layout.ts";
import { predictStep } from "../../planner/step/predict-step.ts";
import type { ResultsProblem } from "../../schema/atlas/results/results-problem.ts";
import type { Accelerator } from "../../schema/catalogue.ts";
import type { StepPrediction } from "../../schema/plan/step-prediction.ts";
import type { ReviewedField, TrainingReview } from "../../schema/plan/training-review.ts";
import type { RunStore } from "../../store/records/run-store.ts";
import type { PlanData } from "../../schema/plan/plan-data.ts";
import { loadPlanData } from "../plan/load-plan-data.ts";
import { loadPlannerData, type PlannerData } from "../plan/load-planner-data.ts";
import type { AtlasRequest } from "../results/load-atlas.ts";
import { findFinished } from "./find-finished.ts";
import type { FoundTraining } from "./finished-of-files.ts";
import { knownLayout, type StatedLayout } from "./known-layout.ts";
import { knownSystem, type KnownSystem } from "./known-system.ts";
import { priceOfTraining, type ReviewedPrice } from "./price-of-training.ts";
import { publishedFigure } from "./published-figure.ts";
import { reviewFields } from "./review-fields.ts";
import { reviewNotes, unknownOf } from "./review-notes.ts";
import { reviewedGoal, type ReviewedGoal } from "./reviewed-goal.ts";

/** Which training to review, and what the user states of it. */
export interface ReviewCall extends AtlasRequest {
  /** A run, a series, a log, or a folder. */
  from: string;
  cwd: string;
  model: string | undefined;
  accelerator: string | undefined;
  count: number | undefined;
  layout: StatedLayout;
  clouds: readonly string[];
}

/**
 * Compares a finished training with what would have been predicted of it.
 *
 * @throws UserError what reading it throws, and `several-trainings`, `review-goal-missing`, `review-system-missing`
 */
export async function reviewRun(
  call: ReviewCall,
  store: RunStore,
): Promise<{ review: TrainingReview; problems: readonly ResultsProblem[] }> {
  const found = await findFinished({ ...call, from: call.from }, store);
  const [{ data, problems }, step] = await Promise.all([loadPlanData(call), loadPlannerData()]);
  const [one] = found.trainings;
  if (one === undefined) throw new RangeError("a source has at least one training");
  const system = await knownSystem(one, call, data);
  const goal = await reviewedGoal(
    {
      training: one.training,
      publishedBenchmark: system.row?.benchmark,
      option: call.model,
      cwd: call.cwd,
    },
    data,
  );
  const { accelerator, count } = requiredSystem(system, one, goal);
  const middle = middleOf(found.trainings);
  const review = reviewOf(middle, { call, data, step, goal, system, accelerator, count });
  const seeds = seedsOf(found.trainings);
  return {
    review: { ...review, ...(seeds === undefined ? {} : { seeds }) },
    problems,
  };
}

interface ReviewContext {
  call: ReviewCall;
  data: PlanData;
  step: PlannerData;
  goal: ReviewedGoal;
  system: KnownSystem;
  accelerator: Accelerator | undefined;
  count: number;
}

/** @throws UserError `review-system-missing` */
function requiredSystem(
  { accelerator, acceleratorText, count }: KnownSystem,
  { training }: FoundTraining,
  { title }: ReviewedGoal,
): { accelerator: Accelerator | undefined; count: number } {
  const isNamed = accelerator !== undefined || acceleratorText !== undefined;
  if (isNamed && count !== undefined) return { accelerator, count };
  const missing = isNamed
    ? "how many accelerators"
    : count === undefined
      ? "which accelerators, and how many of them,"
      : "which accelerators";
  const options = [
    ...(isNamed ? [] : ["--accelerator h100-sxm"]),
    ...(count === undefined ? ["--count 8"] : []),
  ].join(" ");
  throw new UserError(
    "review-system-missing",
    `\`${training.name}\` does not say on ${missing} ${title} was trained`,
    {
      ...(training.platform === undefined ? {} : { saw: `platform \`${training.platform}\`` }),
      hint: `give it: \`${options}\``,
    },
  );
}

/** The training of median length among those that reached the target, else among all. */
function middleOf(trainings: readonly FoundTraining[]): FoundTraining {
  const reached = trainings.filter(({ training }) => training.outcome === "reached");
  const used = reached.length > 0 ? reached : trainings;
  const sorted = used.toSorted((a, b) => lengthOf(a) - lengthOf(b));
  const middle = sorted[Math.floor((sorted.length - 1) / 2)];
  if (middle === undefined) throw new RangeError("a source has at least one training");
  return middle;
}

function lengthOf({ training }: FoundTraining): number {
  return training.endMs - training.startMs;
}

function seedsOf(trainings: readonly FoundTraining[]): TrainingReview["seeds"] {
  if (trainings.length < 2) return undefined;
  const reached = trainings.filter(({ training }) => training.outcome === "reached");
  const lengths = (reached.length > 0 ? reached : trainings).map(lengthOf);
  return {
    count: trainings.length,
    reachedCount: reached.length,
    fastestMs: Math.min(...lengths),
    medianMs: median(lengths),
    slowestMs: Math.max(...lengths),
  };
}

function reviewOf(found: FoundTraining, context: ReviewContext): TrainingReview {
  const { call, data, goal, system, accelerator, count } = context;
  const { training } = found;
  const stated: StatedLayout = { ...training.stated, ...system.published, ...call.layout };
  if (goal.adapterRank !== undefined)
    stated.adapterRank ??= { value: String(goal.adapterRank), origin: "log" };
  const known = knownLayout(stated, { training, count, seq: goal.shape?.seq });
  const globalBatch = known?.globalBatch;
  const measured = measureTraining(training, {
    samplesPerUnit: samplesPerUnitOf(found, goal, globalBatch),
    globalBatch,
  });
  const searched = searchedLayout(known, context, measured.step?.typicalMs);
  const price = priceOfTraining({ training, accelerator, count, call, data });
  const { interruptions, energy, regions } = data;
  const request: ReviewRequest = {
    training,
    measured,
    accelerator,
    count,
    ...stepOf(context, { inferred: searched?.inferred, globalBatch }),
    globalBatch,
    goal: goal.benchmark?.samples,
    published: publishedFigure(context, training),
    hasFixedEvaluations: goal.benchmark !== undefined,
    changes: searched && changesOf(searched, context),
    usdPerHour: price.usdPerHour,
    interruptions,
    energy,
    region: regions.default,
  };
  return assembled(request, { context, inferred: searched?.inferred, stated, price, globalBatch });
}

interface SearchedLayout {
  setting: LayoutSetting;
  inferred: InferredLayout;
}

/** Undefined for models of layers, and where no layout agrees with what is known. */
function searchedLayout(
  known: KnownLayout | undefined,
  context: ReviewContext,
  stepMs: number | undefined,
): SearchedLayout | undefined {
  const { goal, accelerator, count, data } = context;
  const { shape } = goal;
  if (shape === undefined || accelerator === undefined || known === undefined) return undefined;
  const setting = { shape, accelerator, count, perNode: undefined };
  const published = publishedSplits(context);
  const inferred = inferLayout(known, setting, { stepMs, published, data: data.step });
  return inferred === undefined ? undefined : { setting, inferred };
}

function changesOf(
  { setting, inferred }: SearchedLayout,
  { goal: { benchmark }, data }: ReviewContext,
): NonNullable<ReviewRequest["changes"]> {
  return {
    setting,
    layout: inferred.layout,
    prediction: inferred.prediction,
    goal: benchmark?.samples,
    batches: benchmark?.curve?.points.map(({ batchSize }) => batchSize) ?? [],
    data: data.step,
  };
}

function assembled(
  request: ReviewRequest,
  parts: {
    context: ReviewContext;
    inferred: InferredLayout | undefined;
    stated: StatedLayout;
    price: ReviewedPrice;
    globalBatch: number | undefined;
  },
): TrainingReview {
  const { context, inferred, stated, price, globalBatch } = parts;
  const { goal, system, accelerator, count } = context;
  const { training, published, measured } = request;
  const review = reviewTraining(request);
  const fields: ReviewedField[] = [
    ...(goal.model === undefined
      ? []
      : [{ field: "model", value: goal.model, origin: goal.modelOrigin }]),
    ...system.fields,
    ...reviewFields({ stated, inferred, globalBatch }),
  ];
  return {
    source: training.name,
    goal: goal.title,
    ...(goal.model === undefined ? {} : { model: goal.model }),
    ...(accelerator === undefined ? {} : { accelerator: accelerator.name }),
    count,
    outcome: training.outcome,
    fields,
    ...inferenceOf(inferred, fields),
    ...review,
    ...(published === undefined ? {} : { published }),
    ...(price.planned === undefined ? {} : { price: price.planned }),
    ...(price.usdPerHour === undefined ? {} : { usdPerHour: price.usdPerHour }),
    unknown: unknownOf({ training, measured, inferred, price, step: request.step, accelerator }),
    notes: reviewNotes({ request, context: { goal, system, accelerator }, inferred, price }),
  };
}

function inferenceOf(
  inferred: InferredLayout | undefined,
  fields: readonly ReviewedField[],
): Pick<TrainingReview, "inference"> {
  if (inferred === undefined || !fields.some(({ origin }) => origin === "inferred")) return {};
  const { triedCount, alternatives } = inferred;
  return {
    inference: {
      triedCount,
      asLikelyCount: alternatives.length,
      text: "the layout that divides and fits whose predicted step is nearest to the measured one, weighed by what is usual",
    },
  };
}

/** The step of the layout, and of the same layout without recomputation. */
function stepOf(
  { goal, data, step, accelerator, count }: ReviewContext,
  {
    inferred,
    globalBatch,
  }: { inferred: InferredLayout | undefined; globalBatch: number | undefined },
): Pick<ReviewRequest, "step" | "stepWithoutRecompute" | "includesEvaluation"> {
  if (inferred !== undefined && goal.shape !== undefined && accelerator !== undefined) {
    const settled = settledLayout(inferred.layout, inferred.prediction);
    const hardware = { known: accelerator, accelerator: accelerator.name, count };
    const plain =
      settled.recompute === "full"
        ? predictStep(goal.shape, hardware, { ...settled, recompute: "none" }, data.step)
        : undefined;
    return {
      step: inferred.prediction,
      stepWithoutRecompute: plain?.kind === "predicted" ? plain : undefined,
      includesEvaluation: false,
    };
  }
  return {
    step: layerStep({ goal, step, accelerator, count, globalBatch }),
    stepWithoutRecompute: undefined,
    includesEvaluation: true,
  };
}

function layerStep(of: {
  goal: ReviewedGoal;
  step: PlannerData;
  accelerator: Accelerator | undefined;
  count: number;
  globalBatch: number | undefined;
}): StepPrediction | undefined {
  const { goal, step, accelerator, count, globalBatch } = of;
  if (goal.layers === undefined || accelerator === undefined || globalBatch === undefined)
    return undefined;
  const answer = predictLayerModel(
    goal.layers,
    { known: accelerator, accelerator: accelerator.name, count },
    { globalBatch, tp: 1, pp: 1, cp: 1, ep: 1, precision: "bf16" },
    step.layerFits,
  );
  return answer.kind === "predicted" ? answer : undefined;
}

/** Splits of published trainings of the benchmark, without the one that is reviewed. */
function publishedSplits({ goal, data, system }: ReviewContext) {
  const { rows, accelerators } = data;
  return rows.flatMap((row) => {
    const { benchmark, tensorParallel: tp } = row;
    if (benchmark !== goal.benchmark?.benchmark || tp === undefined || row === system.row)
      return [];
    const { pipelineParallel: pp = 1, contextParallel: cp = 1 } = row;
    const accelerator = accelerators.find(({ name }) => name === row.accelerator);
    return [{ tp, pp, cp, accelerator }];
  });
}

/**
 * Samples of one unit of the marks. Rounds have counted epochs, samples and tokens under one name: of the units that the
 * benchmark knows, the one that gives about as many samples as the reference needs.
 */
function samplesPerUnitOf(
  { training }: FoundTraining,
  { benchmark }: ReviewedGoal,
  globalBatch: number | undefined,
): number | undefined {
  if (training.progressUnit === "samples") return 1;
  if (training.progressUnit === "steps") return globalBatch;
  const units = [benchmark?.facts?.samplesPerUnit, training.samplesPerEpoch].filter(
    (one) => one !== undefined,
  );
  const last = training.marks.at(-1)?.amount;
  const [first] = units;
  const near = nearestReference(benchmark, globalBatch);
  if (near === undefined || last === undefined || first === undefined) return first;
  const distance = (unit: number): number => Math.abs(Math.log((unit * last) / near));
  return units.reduce((best, unit) => (distance(unit) < distance(best) ? unit : best), first);
}

/** Samples that the reference needs at about this batch size. */
function nearestReference(
  benchmark: ReviewedGoal["benchmark"],
  globalBatch: number | undefined,
): number | undefined {
  const goal = benchmark?.samples;
  if (goal?.kind !== "reference" || globalBatch === undefined) return undefined;
  const point = goal.curve.points.reduce((best, one) =>
    Math.abs(Math.log(one.batchSize / globalBatch)) <
    Math.abs(Math.log(best.batchSize / globalBatch))
      ? one
      : best,
  );
  return point.amount * (goal.samplesPerUnit ?? globalBatch);
}
