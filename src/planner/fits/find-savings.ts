import type { MemorySaving, SavedFit, TrainingMethod } from "../../schema/plan/fit-answer.ts";
import type { TrainingLayout } from "../../schema/plan/training-layout.ts";
import { type FitRequest, requestBytes } from "./fit-request.ts";

/** One setting that saves memory. */
interface Saving {
  name: MemorySaving;
  /** Additional time of a step: rules of thumb to order the settings by. */
  extraTimeFraction: number;
  /** The changed layout; undefined if it changes nothing. */
  apply(request: FitRequest, count: number): Partial<TrainingLayout> | undefined;
}

/** Recomputing all layers repeats the forward pass, a third of a step; the others are ordered by experience. */
const savings: readonly Saving[] = [
  {
    name: "compile",
    extraTimeFraction: 0,
    apply: ({ layout }) => (layout.compiled === false ? { compiled: true } : undefined),
  },
  {
    name: "micro-batch-1",
    extraTimeFraction: 0.03,
    apply: ({ layout }) => ((layout.microBatch ?? 1) > 1 ? { microBatch: 1 } : undefined),
  },
  {
    name: "chunked-loss",
    extraTimeFraction: 0.01,
    apply: ({ layout }) => (layout.loss === "chunked" ? undefined : { loss: "chunked" }),
  },
  {
    name: "sharding",
    extraTimeFraction: 0.05,
    apply: ({ layout }, count) =>
      count > 1 && layout.sharding !== "fsdp" && layout.sharding !== "zero3"
        ? { sharding: "fsdp", framework: "fsdp" }
        : undefined,
  },
  {
    name: "expert-parallel",
    extraTimeFraction: 0.1,
    apply: ({ layout, shape }, count) => {
      const ep = expertRanks(shape.experts, count / layout.pp);
      return layout.ep === 1 && ep > 1 ? { ep, etp: 1 } : undefined;
    },
  },
  {
    name: "adamw-8bit",
    extraTimeFraction: 0.02,
    apply: ({ layout }) =>
      (layout.optimizer ?? "adamw") === "adamw" ? { optimizer: "adamw-8bit" } : undefined,
  },
  {
    name: "optimizer-in-backward",
    extraTimeFraction: 0.02,
    apply: ({ layout }, count) =>
      count === 1 && layout.adapter === undefined && layout.optimizerInBackward !== true
        ? { optimizerInBackward: true }
        : undefined,
  },
  {
    name: "bf16-states",
    extraTimeFraction: 0.04,
    apply: ({ layout, method }) =>
      method === "pretrain" && layout.masterWeights !== false && layout.precision === "bf16"
        ? { masterWeights: false }
        : undefined,
  },
  {
    name: "recompute-selective",
    extraTimeFraction: 0.12,
    apply: ({ layout }) =>
      (layout.recompute ?? "none") === "none" ? { recompute: "selective" } : undefined,
  },
  {
    name: "recompute-full",
    extraTimeFraction: 0.33,
    apply: ({ layout }) =>
      layout.recompute === "full" ? undefined : { recompute: "full", recomputeFraction: 1 },
  },
  {
    name: "offload-activations",
    extraTimeFraction: 0.5,
    apply: ({ layout, shape }) =>
      (layout.offloadActivationLayers ?? 0) > 0
        ? undefined
        : { offloadActivationLayers: shape.layers },
  },
  {
    name: "offload-optimizer",
    extraTimeFraction: 0.8,
    apply: ({ layout }) =>
      layout.offloadOptimizer === true ? undefined : { offloadOptimizer: true },
  },
];

/** Share of the memory that a suggestion may use: predictions are a few percent off. */
const suggestedFraction = 0.95;

/**
 * The cheapest combination of settings that fits, with 5 % to spare: for the requested method, and for those that train fewer weights.
 *
 * @param capacityBytes of one accelerator
 */
export function findSavings(request: FitRequest, count: number, capacityBytes: number): SavedFit[] {
  return methodsBelow(request.method).flatMap((method) => {
    const saved = cheapestSavings(
      withMethod(request, method),
      count,
      suggestedFraction * capacityBytes,
    );
    return saved ?? [];
  });
}

/** The largest power of 2 that divides experts and ranks. */
function expertRanks(experts: number, ranks: number): number {
  if (experts === 0) return 1;
  let ep = 1;
  while (experts % (2 * ep) === 0 && ranks % (2 * ep) === 0) ep *= 2;
  return ep;
}

/** The request with another method. */
function withMethod(request: FitRequest, method: TrainingMethod): FitRequest {
  if (method === request.method) return request;
  const { adapter, ...layout } = request.layout;
  const { base: _, ...given } = adapter ?? { rank: 16 };
  return {
    ...request,
    method,
    layout: {
      ...layout,
      adapter: method === "qlora" ? { ...given, base: "nf4" } : given,
      masterWeights: true,
    },
  };
}

function methodsBelow(method: TrainingMethod): readonly TrainingMethod[] {
  switch (method) {
    case "pretrain":
      return ["pretrain"];
    case "full":
      return ["full", "lora", "qlora"];
    case "lora":
      return ["lora", "qlora"];
    case "qlora":
      return ["qlora"];
  }
}

/** Tries all combinations in the order of their cost. */
function cheapestSavings(
  request: FitRequest,
  count: number,
  capacityBytes: number,
): SavedFit | undefined {
  const usable = savings.flatMap((saving) => {
    const change = saving.apply(request, count);
    return change === undefined ? [] : [{ ...saving, change }];
  });
  let best: SavedFit | undefined;
  for (let mask = 0; mask < 2 ** usable.length; mask++) {
    const chosen = usable.filter((_, index) => (mask & (2 ** index)) !== 0);
    if (chosen.filter(({ name }) => name.startsWith("recompute")).length > 1) continue;
    const extraTimeFraction = chosen.reduce((sum, one) => sum + one.extraTimeFraction, 0);
    if (best !== undefined && extraTimeFraction >= best.extraTimeFraction) continue;
    const layout: TrainingLayout = Object.assign(
      { ...request.layout },
      ...chosen.map(({ change }) => change),
    );
    const memoryBytes = requestBytes({ ...request, layout }, count);
    if (memoryBytes > capacityBytes) continue;
    const names = chosen.map(({ name }) => name);
    const ep = names.includes("expert-parallel") ? { ep: layout.ep } : {};
    best = { method: request.method, savings: names, ...ep, memoryBytes, extraTimeFraction };
  }
  return best;
}
