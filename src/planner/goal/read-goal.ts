import { nearestWord } from "../../foundation/text/nearest-word.ts";
import { UserError } from "../../foundation/errors/user-error.ts";
import { formatCount } from "../../foundation/numbers/units.ts";
import { parameterTotal } from "../search/parameter-total.ts";
import { referenceCurve, type ReferenceCurve } from "../samples/reference-curve.ts";
import type { SamplesGoal } from "../samples/samples-to-target.ts";
import { resolveShape } from "../step/resolve-shape.ts";
import type { TransformerShape } from "../../schema/plan/model-shape.ts";
import type { BenchmarkGoal } from "../../schema/plan/plan-tables.ts";
import type { PublishedRow } from "../../schema/plan/published-row.ts";
import type { PlanData } from "../../schema/plan/plan-data.ts";

/** A benchmark to plan for, with its newest rules. */
export interface PlannedBenchmark {
  kind: "benchmark";
  benchmark: string;
  compatibilityGroup: number;
  /** Undefined if no reference convergence points are published. */
  curve: ReferenceCurve | undefined;
  samples: SamplesGoal | undefined;
  facts: BenchmarkGoal | undefined;
  /** Undefined if it does not train a transformer that Pitwall knows. */
  shape: TransformerShape | undefined;
}

/** A model to train on a number of tokens, or to a loss. */
export interface PlannedModel {
  kind: "model";
  name: string;
  shape: TransformerShape;
  samples: SamplesGoal;
  parameterCount: number;
  /** `on 1.50 T tokens`, `to a loss of 2.1`. */
  purpose: string;
}

/** How much a model is trained. */
export interface TrainingAmount {
  tokens: number | undefined;
  loss: number | undefined;
}

/**
 * What to plan for: a benchmark by its current name or one that rounds have used, or a model of the table.
 *
 * @throws UserError `unknown-goal` with the nearest name, `amount-missing` for a model without tokens and loss,
 * `amount-unused` for a benchmark with one
 */
export function readGoal(
  name: string,
  amount: TrainingAmount,
  data: PlanData,
): PlannedBenchmark | PlannedModel {
  const { rows, groups } = data;
  const wanted = name.toLowerCase().replaceAll("-", "_");
  const known = [...new Set(rows.filter(isTraining).map(({ benchmark }) => benchmark))];
  const alias = groups.find(({ aliases }) => aliases.includes(wanted));
  const benchmark = [wanted, alias?.benchmark].find(
    (one) => one !== undefined && known.includes(one),
  );
  const hasAmount = amount.tokens !== undefined || amount.loss !== undefined;
  const model = data.models.find((one) =>
    [one.name, ...one.aliases].some((spelling) => plain(spelling) === plain(name)),
  );
  // `llama31-8b` is a model and, spelled with underscores, a benchmark: tokens or a loss decide.
  if (model !== undefined && (hasAmount || benchmark === undefined))
    return modelGoal(model.name, amount, data);
  if (benchmark === undefined) throw unknownGoal(name, known, data);
  if (hasAmount)
    throw new UserError("amount-unused", `${benchmark} is trained to its own target`, {
      at: amount.tokens === undefined ? "--target" : "--tokens",
      hint: "remove the option, or name a model: `pitwall plan llama31-8b --tokens 1T`",
    });
  return benchmarkGoal(benchmark, data);
}

function benchmarkGoal(benchmark: string, data: PlanData): PlannedBenchmark {
  const ofBenchmark = data.rows.filter((row) => row.benchmark === benchmark && isTraining(row));
  const facts = data.goals.find((goal) => goal.benchmark === benchmark);
  const curve = referenceCurve(facts?.referenceNames ?? [benchmark], data.references);
  return {
    kind: "benchmark",
    benchmark,
    compatibilityGroup: Math.max(...ofBenchmark.map((row) => row.compatibilityGroup)),
    curve,
    samples: curve === undefined ? undefined : samplesGoal(curve, facts),
    facts,
    shape: shapeOf(facts, data),
  };
}

function shapeOf(
  facts: BenchmarkGoal | undefined,
  { models }: PlanData,
): TransformerShape | undefined {
  const { model, tokensPerSample } = facts ?? {};
  if (model === undefined || !models.some(({ name }) => name === model)) return undefined;
  return resolveShape({ name: model, seq: tokensPerSample }, models);
}

/** Undefined where a unit of the curve cannot be converted to samples. */
function samplesGoal(
  curve: ReferenceCurve,
  facts: BenchmarkGoal | undefined,
): SamplesGoal | undefined {
  if (curve.unit === "steps") return { kind: "reference", curve, samplesPerUnit: undefined };
  const samplesPerUnit = facts?.samplesPerUnit ?? (curve.unit === "samples" ? 1 : undefined);
  return samplesPerUnit === undefined ? undefined : { kind: "reference", curve, samplesPerUnit };
}

function modelGoal(
  name: string,
  { tokens, loss }: TrainingAmount,
  { models, scalingLaws }: PlanData,
): PlannedModel {
  const shape = resolveShape({ name }, models);
  const parameterCount = parameterTotal(shape);
  const head = { kind: "model", name, shape, parameterCount } as const;
  if (tokens !== undefined)
    return {
      ...head,
      samples: { kind: "tokens", tokens, tokensPerSample: shape.seq },
      purpose: `on ${tokensText(tokens)} tokens`,
    };
  if (loss === undefined)
    throw new UserError("amount-missing", `how long to train ${name} is not given`, {
      hint: `for example \`pitwall plan ${name} --tokens 1T\`, or a loss: \`--target 2.1\``,
    });
  return {
    ...head,
    samples: {
      kind: "loss",
      goal: { loss, parameterCount, laws: scalingLaws.entries },
      tokensPerSample: shape.seq,
    },
    purpose: `to a loss of ${loss}`,
  };
}

/** `1.5 T`, `300 B`, `20 M`. */
function tokensText(tokens: number): string {
  for (const [size, letter] of [
    [1e12, "T"],
    [1e9, "B"],
    [1e6, "M"],
  ] as const)
    if (tokens >= size) return `${Number((tokens / size).toPrecision(4))} ${letter}`;
  return formatCount(tokens);
}

function isTraining({ suite }: PublishedRow): boolean {
  return suite === "mlperf-training";
}

function plain(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9]/gu, "");
}

function unknownGoal(name: string, benchmarks: readonly string[], data: PlanData): UserError {
  const models = data.models.map((model) => model.name);
  const nearest = nearestWord(name, [...benchmarks, ...models]);
  return new UserError("unknown-goal", `no benchmark or model called \`${name}\``, {
    hint:
      nearest === undefined
        ? `benchmarks: ${benchmarks.toSorted().join(", ")}; models: ${models.slice(0, 12).join(", ")}, …`
        : `did you mean \`${nearest}\`?`,
  });
}
