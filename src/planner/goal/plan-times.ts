import { UserError } from "../../foundation/errors/user-error.ts";
import { formatSignificant } from "../../foundation/numbers/units.ts";
import { publishedPredictor } from "../published/predict-published.ts";
import { yearOf } from "../published/published-features.ts";
import { samplesToTarget, type SamplesGoal } from "../samples/samples-to-target.ts";
import { usualBatchTokens } from "../samples/scaling-law.ts";
import { sequencesOfBatch } from "../samples/sequences-of-batch.ts";
import { fastestLayouts, type FastestLayouts } from "../search/fastest-layouts.ts";
import { modelTimeSource, type ModelPlanning } from "../search/model-time-source.ts";
import { publishedTimeSource } from "../search/published-time-source.ts";
import { joinTimeSources, type EstimateAnswer, type TimeSource } from "../search/time-estimate.ts";
import { modelledAs, type CommandFramework } from "../../schema/plan/command-framework.ts";
import type { Accelerator } from "../../schema/catalogue.ts";
import type { Precision } from "../../schema/plan/training-layout.ts";
import type { PlanData } from "../../schema/plan/plan-data.ts";
import type { PlannedBenchmark, PlannedModel } from "./read-goal.ts";
import { withSamples } from "./with-samples.ts";

/** Times of a goal, and the numbers of accelerators with a published result. */
export interface PlanTimes {
  times: TimeSource;
  counts: readonly number[];
}

/** What the user chose about the training itself. */
export interface TrainingChoices {
  /** Default: bf16; for benchmarks fp8 where an accelerator has it, as their published results do. */
  precision: Precision | undefined;
  /** Tokens of a global batch of a model; default: the largest that hardly costs samples. */
  batchTokens: number | undefined;
  /** Only layouts of this framework, whose command line is then part of the plan. */
  forFramework: CommandFramework | undefined;
}

/** What the times of one request have in common with those of the next. */
export interface KnownTimes {
  /** By benchmark. */
  published: Map<string, PlanTimes | undefined>;
  /** By model and choices. */
  layouts: Map<string, FastestLayouts>;
  /** By goal and choices; the newest few. */
  times: Map<string, PlanTimes>;
}

/**
 * @param known filled with what is found
 * @throws UserError `nothing-to-plan`, `target-unreachable`
 */
export function planTimes(
  goal: PlannedBenchmark | PlannedModel,
  choices: TrainingChoices,
  { data, known }: { data: PlanData; known: KnownTimes },
): PlanTimes {
  const { precision, batchTokens, forFramework } = choices;
  const key = JSON.stringify([goal, precision, batchTokens, forFramework]);
  const kept = known.times.get(key);
  if (kept !== undefined) return kept;
  const { times, counts } = timesOf(goal, choices, { data, known });
  const found = { times: keptTimes(times), counts };
  if (known.times.size >= mostKept) known.times.clear();
  known.times.set(key, found);
  return found;
}

/** Goals whose times are kept: a slider passes through many. */
const mostKept = 20;

function timesOf(
  goal: PlannedBenchmark | PlannedModel,
  choices: TrainingChoices,
  sources: TimesSources,
): PlanTimes {
  if (goal.kind === "model") return { times: modelTimes(goal, choices, sources), counts: [] };
  const published = publishedTimes(goal, sources);
  const modelled = benchmarkModelTimes(goal, choices, sources);
  if (published !== undefined && modelled !== undefined)
    return { ...published, times: joinTimeSources(published.times, modelled) };
  if (published !== undefined) return published;
  if (modelled !== undefined) return { times: modelled, counts: [] };
  throw new UserError(
    "nothing-to-plan",
    `fewer than three results of ${goal.benchmark} have a score and a known accelerator`,
    { hint: `\`pitwall results --benchmark ${goal.benchmark}\` shows what is on record` },
  );
}

interface TimesSources {
  data: PlanData;
  known: KnownTimes;
}

function publishedTimes(
  goal: PlannedBenchmark,
  { data, known: { published } }: TimesSources,
): PlanTimes | undefined {
  if (!published.has(goal.benchmark)) published.set(goal.benchmark, fittedTimes(goal, data));
  return published.get(goal.benchmark);
}

function fittedTimes(goal: PlannedBenchmark, data: PlanData): PlanTimes | undefined {
  const { rows, model } = data;
  const accelerators = new Map(data.accelerators.map((one) => [one.name, one]));
  const predictor = publishedPredictor({ rows, accelerators, model }, goal);
  if (predictor === undefined) return undefined;
  const year = Math.max(...predictor.rows.map(({ publishedOn }) => yearOf(publishedOn)));
  const seedLogSpread = goal.curve?.logSpread ?? 0;
  const times = publishedTimeSource({ predictor, year, seedLogSpread });
  const counts = [...new Set(predictor.rows.map(({ acceleratorCount }) => acceleratorCount))];
  return { times: keptTimes(withSamples(times, goal.samples)), counts };
}

function benchmarkModelTimes(
  { shape, samples, curve, facts }: PlannedBenchmark,
  choices: TrainingChoices,
  { data, known }: TimesSources,
): TimeSource | undefined {
  const { precision } = choices;
  if (shape === undefined || samples === undefined || curve === undefined) return undefined;
  const rank = facts?.adapterRank;
  const planning: ModelPlanning = {
    ...common(data, choices),
    shape,
    goal: samples,
    batches: curve.points.map(({ batchSize }) => batchSize),
    precisionOf: (accelerator) => precision ?? benchmarkPrecision(accelerator),
    adapter: rank === undefined ? undefined : { rank },
  };
  return modelTimeSource(planning, keptLayouts(known, ["benchmark", choices], planning));
}

function modelTimes(
  goal: PlannedModel,
  choices: TrainingChoices,
  { data, known }: TimesSources,
): TimeSource {
  const { precision, batchTokens } = choices;
  const { shape, samples } = goal;
  checkReachable(samples);
  const tokens = batchTokens ?? defaultBatchTokens(goal, data);
  const planning: ModelPlanning = {
    ...common(data, choices),
    shape,
    goal: samples,
    batches: [sequencesOfBatch(tokens, shape.seq)],
    precisionOf: () => precision ?? "bf16",
  };
  return modelTimeSource(planning, keptLayouts(known, ["model", choices], planning));
}

/** The layouts of a model, which depend on neither its target nor the batch size. */
function keptLayouts(
  { layouts }: KnownTimes,
  [kind, { precision, forFramework }]: ["benchmark" | "model", TrainingChoices],
  planning: ModelPlanning,
): FastestLayouts {
  const { shape, adapter } = planning;
  const key = JSON.stringify([kind, shape, adapter, precision, forFramework]);
  const found = layouts.get(key) ?? fastestLayouts(planning);
  layouts.set(key, found);
  return found;
}

function keptTimes(times: TimeSource): TimeSource {
  const answers = new Map<string, EstimateAnswer>();
  return (accelerator, count) => {
    const key = `${accelerator.name} ${count}`;
    const answer = answers.get(key) ?? times(accelerator, count);
    answers.set(key, answer);
    return answer;
  };
}

function defaultBatchTokens(
  { samples, shape, parameterCount }: PlannedModel,
  { scalingLaws }: PlanData,
): number {
  const [law] = scalingLaws.entries;
  const answer = samplesToTarget(samples, 1);
  if (law === undefined || answer.kind !== "known")
    throw new RangeError("a scaling law and a number of samples are known");
  const tokens = answer.samples * shape.seq;
  return usualBatchTokens(scalingLaws.criticalBatch, law, { parameterCount, tokens });
}

function common(
  { step, interruptions }: PlanData,
  { forFramework }: TrainingChoices,
): Pick<ModelPlanning, "data" | "evaluationFraction" | "frameworks"> {
  return {
    data: step,
    evaluationFraction: interruptions.evaluation.fraction,
    frameworks: forFramework === undefined ? undefined : [modelledAs[forFramework]],
  };
}

function benchmarkPrecision({ peakFlopPerSecond: peaks, vendor }: Accelerator): Precision {
  return peaks.fp8 !== undefined && vendor === "NVIDIA" ? "fp8" : "bf16";
}

function checkReachable(samples: SamplesGoal): void {
  const answer = samplesToTarget(samples, 1);
  if (answer.kind !== "loss-unreachable") return;
  throw new UserError("target-unreachable", "no number of tokens reaches this loss", {
    at: "--target",
    saw: `with unlimited tokens, the scaling law gives ${formatSignificant(answer.lowest, 4)}`,
    hint: "use a larger model, or a higher loss",
  });
}
