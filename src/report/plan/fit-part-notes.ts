import { formatCount } from "../../foundation/numbers/units.ts";
import type { FitAnswer } from "../../schema/plan/fit-answer.ts";
import type { MemoryParts } from "../../schema/plan/step-prediction.ts";
import type { Optimizer, TrainingLayout } from "../../schema/plan/training-layout.ts";

/** What each part of the memory consists of, in a few words. */
export function partNotes(answer: FitAnswer): Readonly<Record<keyof MemoryParts, string>> {
  const { layout, model } = answer;
  return {
    weights: `${parametersText(model.parameters)} parameters${baseText(layout)}${sharedText(answer)}`,
    gradients: layout.adapter === undefined ? "" : "of the adapters",
    optimizer: optimizerText(layout),
    activations: activationsText(answer),
    buffers: layout.loss === "chunked" ? "chunked logits, gathered weights" : buffersText(answer),
    reserve: countOf(answer) > 1 ? "CUDA, NCCL, fragmentation" : "CUDA, fragmentation",
  };
}

function countOf({ machine }: FitAnswer): number {
  return machine?.count ?? 1;
}

/** `8.03 B`, `124 M`. */
function parametersText(parameters: number): string {
  const isBillions = parameters >= 1e9;
  const value = parameters / (isBillions ? 1e9 : 1e6);
  const text = value >= 100 ? formatCount(value) : value.toFixed(value >= 10 ? 1 : 2);
  return `${text} ${isBillions ? "B" : "M"}`;
}

function baseText({ adapter, masterWeights, framework }: TrainingLayout): string {
  if (adapter !== undefined) return adapter.base === "nf4" ? ", 4 bits" : ", bf16";
  if (masterWeights === false) return ", bf16";
  return framework === "fsdp" || framework === "maxtext" ? ", fp32" : ", bf16";
}

function sharedText(answer: FitAnswer): string {
  const { layout } = answer;
  const count = countOf(answer);
  if (count === 1 || layout.sharding === "none") return "";
  return `, ${layout.sharding ?? "fsdp"} over ${count / (layout.tp * layout.pp)}`;
}

const optimizerNames: Readonly<Record<Optimizer, string>> = {
  adamw: "AdamW",
  "adamw-8bit": "8-bit AdamW",
  muon: "Muon",
  adafactor: "Adafactor",
  sgd: "SGD with momentum",
  lamb: "LAMB",
  lars: "LARS",
};

function optimizerText({ optimizer, masterWeights, offloadOptimizer }: TrainingLayout): string {
  const name = optimizerNames[optimizer ?? "adamw"];
  if (offloadOptimizer === true) return `${name}, in host memory`;
  return masterWeights === false && optimizer !== "adamw-8bit" ? `${name}, bf16` : name;
}

function activationsText({ layout, model }: FitAnswer): string {
  const tokens = `${layout.microBatch ?? 1} × ${formatCount(model.shape.seq)} tokens`;
  switch (layout.recompute ?? "none") {
    case "none":
      return tokens;
    case "selective":
      return `${tokens}, selective checkpointing`;
    case "full":
      return `${tokens}, checkpointing`;
  }
}

function buffersText(answer: FitAnswer): string {
  const parts = ["logits"];
  if (countOf(answer) > 1) parts.push("gathered weights");
  if (answer.layout.adapter?.base === "nf4") parts.push("dequantized weights");
  return parts.join(", ");
}
