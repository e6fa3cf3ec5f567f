import { UserError } from "../../foundation/errors/user-error.ts";
import { findLayerModel } from "../../planner/layer-models/find-layer-model.ts";
import { layerModels } from "../../planner/layer-models/layer-models.ts";
import type { LayerModel } from "../../planner/layer-models/layer-work.ts";
import { findModel } from "../../planner/model/find-model.ts";
import { resolveShape } from "../../planner/step/resolve-shape.ts";
import type { FinishedTraining } from "../../schema/plan/finished-training.ts";
import type { TransformerShape } from "../../schema/plan/model-shape.ts";
import type { FactOrigin } from "../../schema/plan/finished-training.ts";
import { loadModel } from "../plan/load-model.ts";
import type { PlanData } from "../../schema/plan/plan-data.ts";
import { readGoal, type PlannedBenchmark } from "../../planner/goal/read-goal.ts";

/** What a training trained, as far as it can be predicted. */
export interface ReviewedGoal {
  /** `llama31_8b`, or the name of a model. */
  title: string;
  benchmark: PlannedBenchmark | undefined;
  model: string | undefined;
  modelOrigin: FactOrigin;
  /** With the sequence length of the training. */
  shape: TransformerShape | undefined;
  /** Undefined for transformers. */
  layers: LayerModel | undefined;
  adapterRank: number | undefined;
}

interface GoalQuestion {
  training: FinishedTraining;
  /** Current name of the benchmark, where the published result of the log is known. */
  publishedBenchmark: string | undefined;
  /** `--model`. */
  option: string | undefined;
  cwd: string;
}

/**
 * What a training trained: the benchmark or model of `--model`, else the benchmark that the log states, else the model that
 * its settings name or whose sizes they state.
 *
 * @throws UserError `review-goal-missing`, `unknown-model`
 */
export async function reviewedGoal(question: GoalQuestion, data: PlanData): Promise<ReviewedGoal> {
  const { training, publishedBenchmark, option, cwd } = question;
  const seq = Number(training.stated.seq?.value) || undefined;
  if (option !== undefined) return goalOfOption({ option, seq, cwd }, data);
  const named = publishedBenchmark ?? training.benchmark;
  const benchmark = named === undefined ? undefined : benchmarkNamed(named, data);
  if (benchmark !== undefined) return goalOfBenchmark(benchmark, { seq, origin: "log" }, data);
  const found = modelOfSettings(training, data);
  if (found !== undefined) return goalOfModel({ ...found, seq, origin: found.origin });
  if (training.benchmark !== undefined) return unknownBenchmark(training.benchmark);
  throw goalMissing(training);
}

/** `llama31-8b` is a model and, spelled with underscores, a benchmark. */
async function goalOfOption(
  { option, seq, cwd }: { option: string; seq: number | undefined; cwd: string },
  data: PlanData,
): Promise<ReviewedGoal> {
  const benchmark = benchmarkNamed(option, data);
  const isModel = findModel(option, data.models).kind === "found";
  if (benchmark !== undefined && (!isModel || benchmark.benchmark === option))
    return goalOfBenchmark(benchmark, { seq, origin: "option" }, data);
  const layers = findLayerModel(option);
  if (layers?.kind === "layers") return goalOfLayers(layers.model, option, "option");
  const { name, shape } = await loadModel(option, cwd);
  return goalOfModel({ name, shape, seq, origin: "option" });
}

function benchmarkNamed(name: string, data: PlanData): PlannedBenchmark | undefined {
  try {
    const goal = readGoal(name, { tokens: undefined, loss: undefined }, data);
    return goal.kind === "benchmark" ? goal : undefined;
  } catch (error) {
    // A benchmark without published results, or a model: the caller looks further.
    if (error instanceof UserError) return undefined;
    throw error;
  }
}

function goalOfBenchmark(
  benchmark: PlannedBenchmark,
  { seq, origin }: { seq: number | undefined; origin: FactOrigin },
  data: PlanData,
): ReviewedGoal {
  const { facts, shape } = benchmark;
  // `dlrm` of early rounds is another model than the one that its name stands for today.
  const known = layerModels.find((one) => one.benchmark === benchmark.benchmark);
  const layers = shape === undefined ? known?.model : undefined;
  const name = facts?.model;
  const isOtherLength = shape !== undefined && name !== undefined && seq !== undefined;
  return {
    title: benchmark.benchmark,
    benchmark,
    model: name ?? layers?.name,
    modelOrigin: origin,
    shape: isOtherLength ? resolveShape({ name, seq }, data.models) : shape,
    layers,
    adapterRank: facts?.adapterRank,
  };
}

function goalOfLayers(layers: LayerModel, title: string, origin: FactOrigin): ReviewedGoal {
  return {
    title,
    benchmark: undefined,
    model: layers.name,
    modelOrigin: origin,
    shape: undefined,
    layers,
    adapterRank: undefined,
  };
}

function goalOfModel(found: {
  name: string;
  shape: TransformerShape;
  seq: number | undefined;
  origin: FactOrigin;
}): ReviewedGoal {
  const { name, shape, seq, origin } = found;
  return {
    title: name,
    benchmark: undefined,
    model: name,
    modelOrigin: origin,
    shape: { ...shape, seq: seq ?? shape.seq },
    layers: undefined,
    adapterRank: undefined,
  };
}

function modelOfSettings(
  { modelText, sizes, stated }: FinishedTraining,
  { models }: PlanData,
): { name: string; shape: TransformerShape; origin: FactOrigin } | undefined {
  const plain = modelText?.replace(/^.*[/\\](?=[^/\\]+$)/u, "");
  for (const text of [modelText, plain]) {
    const found = text === undefined ? undefined : findModel(text, models);
    if (found?.kind !== "found") continue;
    const { name } = found.model;
    return { name, shape: resolveShape({ name }, models), origin: "settings" };
  }
  const name = modelOfSizes(sizes, models);
  if (name === undefined) return undefined;
  const origin = stated.seq?.origin ?? "log";
  return { name, shape: resolveShape({ name }, models), origin };
}

/** Models of a family share most sizes: of those that agree, the one with the nearest vocabulary. */
function modelOfSizes(
  sizes: FinishedTraining["sizes"],
  models: PlanData["models"],
): string | undefined {
  if (sizes["hidden"] === undefined || sizes["layers"] === undefined) return undefined;
  const agreeing = models.filter(({ shape }) =>
    (["hidden", "layers", "heads", "ffn", "kvHeads"] as const).every(
      (size) =>
        sizes[size] === undefined || shape[size] === undefined || shape[size] === sizes[size],
    ),
  );
  const { vocab } = sizes;
  const [nearest] =
    vocab === undefined
      ? agreeing
      : agreeing.toSorted(
          (a, b) => Math.abs(a.shape.vocab - vocab) - Math.abs(b.shape.vocab - vocab),
        );
  return nearest?.name;
}

function unknownBenchmark(title: string): ReviewedGoal {
  return {
    title,
    benchmark: undefined,
    model: undefined,
    modelOrigin: "log",
    shape: undefined,
    layers: undefined,
    adapterRank: undefined,
  };
}

function goalMissing({ name, modelText }: FinishedTraining): UserError {
  return new UserError("review-goal-missing", `\`${name}\` names no benchmark and no known model`, {
    ...(modelText === undefined ? {} : { saw: `model \`${modelText}\`` }),
    hint: "give the model, and what the log lacks: `--model llama31-8b --accelerator h100-sxm --count 8`",
  });
}
