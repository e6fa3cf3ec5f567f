import { UserError } from "../../foundation/errors/user-error.ts";
import { trainingMethods } from "../../schema/plan/fit-answer.ts";
import {
  frameworks,
  optimizers,
  precisions,
  recomputes,
  shardings,
  type TrainingLayout,
} from "../../schema/plan/training-layout.ts";
import type { OptionTable, OptionValues } from "../command-table.ts";

export const fitOptions = {
  gpu: {
    takes: "text",
    placeholder: "name",
    group: "Machine",
    help: "4090, l40s, h100-sxm, 'NVIDIA A100-SXM4-80GB'; without it, the smallest machine is named",
  },
  count: {
    takes: "number",
    placeholder: "count",
    minimum: 1,
    default: 1,
    group: "Machine",
    help: "number of GPUs",
  },
  memory: {
    takes: "number",
    placeholder: "GiB",
    minimum: 1,
    group: "Machine",
    help: "memory of one GPU that training may use, instead of all that it has",
  },
  method: {
    takes: "choice",
    choices: trainingMethods,
    default: "full",
    group: "Training",
    help: "full: fine-tune all weights; lora: adapters; qlora: adapters on a 4-bit base; pretrain",
  },
  seq: {
    takes: "number",
    placeholder: "tokens",
    minimum: 1,
    group: "Training",
    help: "sequence length; default: 2,048, and the model's own for pretrain",
  },
  microBatch: {
    takes: "number",
    placeholder: "count",
    minimum: 1,
    default: 1,
    group: "Training",
    help: "sequences in one pass on one GPU",
  },
  optimizer: {
    takes: "choice",
    choices: optimizers,
    default: "adamw",
    group: "Training",
    help: "whose states are kept",
  },
  precision: {
    takes: "choice",
    choices: precisions,
    default: "bf16",
    group: "Training",
    help: "number format of the matrix products",
  },
  states: {
    takes: "choice",
    choices: ["bf16", "fp32"],
    group: "Training",
    help: "format of weights and optimizer states; default: bf16 for full, as models are loaded, else fp32",
  },
  rank: {
    takes: "number",
    placeholder: "rank",
    minimum: 1,
    group: "Training",
    help: "of the adapters; default: 16",
  },
  recompute: {
    takes: "choice",
    choices: recomputes,
    default: "none",
    group: "Saving memory",
    help: "activation checkpointing: of selected operations, or of whole layers",
  },
  compile: {
    takes: "nothing",
    group: "Saving memory",
    help: "with torch.compile, which keeps fewer activations than eager PyTorch",
  },
  chunkedLoss: {
    takes: "nothing",
    group: "Saving memory",
    help: "compute the loss for a part of the tokens at a time",
  },
  optimizerInBackward: {
    takes: "nothing",
    group: "Saving memory",
    help: "update weights during the backward pass: gradients of one layer at a time, no accumulation",
  },
  offload: {
    takes: "texts",
    placeholder: "part",
    group: "Saving memory",
    help: "optimizer, activations: keep them in host memory; may be repeated",
  },
  sharding: {
    takes: "choice",
    choices: shardings,
    group: "Several GPUs",
    help: "what is shared among them; default: fsdp",
  },
  tp: {
    takes: "number",
    placeholder: "count",
    minimum: 1,
    default: 1,
    group: "Several GPUs",
    help: "tensor parallel",
  },
  pp: {
    takes: "number",
    placeholder: "count",
    minimum: 1,
    default: 1,
    group: "Several GPUs",
    help: "pipeline parallel",
  },
  cp: {
    takes: "number",
    placeholder: "count",
    minimum: 1,
    default: 1,
    group: "Several GPUs",
    help: "context parallel",
  },
  ep: {
    takes: "number",
    placeholder: "count",
    minimum: 1,
    default: 1,
    group: "Several GPUs",
    help: "expert parallel",
  },
  framework: {
    takes: "choice",
    choices: frameworks,
    default: "fsdp",
    group: "Several GPUs",
    help: "whose habits decide what is kept; fsdp is PyTorch, on one GPU too",
  },
} as const satisfies OptionTable;

type FitOptions = OptionValues<typeof fitOptions>;

/**
 * The layout that options describe.
 *
 * @throws UserError `option-invalid`, `options-contradict`
 */
export function layoutOfOptions(options: FitOptions): TrainingLayout {
  const offloaded = offloadedParts(options.offload);
  const method = choice(trainingMethods, options.method);
  const hasAdapter = method === "lora" || method === "qlora";
  if (options.rank !== undefined && !hasAdapter) {
    throw new UserError("options-contradict", "`--rank` is for adapters", {
      at: "--rank",
      hint: "use `--method lora` or `--method qlora` with it",
    });
  }
  const states = options.states ?? (method === "full" ? "bf16" : "fp32");
  return {
    tp: options.tp,
    pp: options.pp,
    cp: options.cp,
    ep: options.ep,
    microBatch: options.microBatch,
    globalBatch: options.microBatch,
    precision: choice(precisions, options.precision),
    recompute: choice(recomputes, options.recompute),
    optimizer: choice(optimizers, options.optimizer),
    framework: choice(frameworks, options.framework),
    masterWeights: states === "fp32",
    compiled: options.compile,
    ...(options.chunkedLoss ? { loss: "chunked" as const } : {}),
    offloadOptimizer: offloaded.has("optimizer"),
    ...(options.optimizerInBackward ? { optimizerInBackward: true } : {}),
    ...(offloaded.has("activations") ? { offloadActivationLayers: 100_000 } : {}),
    ...(options.sharding === undefined ? {} : { sharding: choice(shardings, options.sharding) }),
    ...(hasAdapter ? { adapter: adapterOf(method, options.rank) } : {}),
  };
}

function adapterOf(
  method: "lora" | "qlora",
  rank: number | undefined,
): NonNullable<TrainingLayout["adapter"]> {
  return { rank: rank ?? 16, base: method === "qlora" ? "nf4" : "bf16" };
}

/** What the layout holds that no option gave. */
export function assumedByOptions(options: FitOptions): Record<string, string> {
  const assumed: Record<string, string> = {};
  const method = choice(trainingMethods, options.method);
  if (options.states === undefined && method === "full") {
    assumed["states"] = "weights and optimizer states in bf16, as models are loaded";
  }
  if (options.rank === undefined && (method === "lora" || method === "qlora")) {
    assumed["rank"] = "adapters of rank 16 on all linear layers";
  }
  if (options.sharding === undefined && options.count > 1) assumed["sharding"] = "fsdp";
  if (!options.compile && (options.framework === "fsdp" || options.framework === "deepspeed"))
    assumed["compile"] = "eager PyTorch, without torch.compile";
  return assumed;
}

const offloadable = ["optimizer", "activations"] as const;

function offloadedParts(given: readonly string[]): ReadonlySet<string> {
  const parts = given.flatMap((text) => text.split(","));
  const unknown = parts.find((part) => !offloadable.some((known) => known === part));
  if (unknown === undefined) return new Set(parts);
  throw new UserError("option-invalid", `unknown part \`${unknown}\` for \`--offload\``, {
    at: "--offload",
    hint: `use ${offloadable.join(" or ")}`,
  });
}

/** The value of a choice, whose text the parser has checked. */
export function choice<Value extends string>(values: readonly Value[], text: string): Value {
  const value = values.find((one) => one === text);
  if (value === undefined) throw new TypeError(`unexpected choice ${text}`);
  return value;
}
