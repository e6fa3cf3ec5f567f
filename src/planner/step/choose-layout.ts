import type { TransformerShape } from "../../schema/plan/model-shape.ts";
import type { Framework, TrainingLayout } from "../../schema/plan/training-layout.ts";
import type { WholeLayout } from "./prepare-step.ts";

/** A layout with its usual choices made, and those that are still to be tried. */
export interface LayoutChoices {
  base: Omit<WholeLayout, "microBatch" | "vp" | "recompute">;
  microBatches: readonly number[];
  virtualStages: readonly number[];
  recomputes: readonly WholeLayout["recompute"][];
  /** What was filled in, by field. */
  assumed: Record<string, string>;
}

/** Most sequences of a micro batch that are tried. */
const largestMicroBatch = 64;

/** Fills in what a layout leaves open with the framework's usual value, and lists what has to be tried. */
export function layoutChoices(
  shape: TransformerShape,
  layout: TrainingLayout,
  given: { dp: number; framework: Framework; software: string },
): LayoutChoices {
  const assumed: Record<string, string> = {};
  const fill = <Value>(name: string, value: Value | undefined, otherwise: Value): Value => {
    if (value !== undefined) return value;
    assumed[name] = String(otherwise);
    return otherwise;
  };
  const sharding = fill("sharding", layout.sharding, usualSharding(given.framework));
  const base = {
    ...layout,
    dp: given.dp,
    framework: given.framework,
    software: given.software,
    etp: layout.etp ?? (layout.ep > 1 ? 1 : layout.tp),
    sequenceParallel:
      layout.tp > 1 ? fill("sequenceParallel", layout.sequenceParallel, true) : false,
    sharding,
    optimizer: fill("optimizer", layout.optimizer, "adamw" as const),
    schedule: layout.schedule ?? "1f1b",
  };
  return {
    base,
    microBatches:
      layout.microBatch === undefined
        ? divisors(layout.globalBatch / given.dp, largestMicroBatch)
        : [layout.microBatch],
    virtualStages: layout.vp === undefined ? virtualStages(shape.layers, layout.pp) : [layout.vp],
    recomputes: layout.recompute === undefined ? ["none", "selective", "full"] : [layout.recompute],
    assumed,
  };
}

/** Virtual stages that layers divide into. */
function virtualStages(layers: number, pp: number): number[] {
  if (pp === 1) return [1];
  const perStage = Math.ceil(layers / pp);
  return divisors(perStage, perStage);
}

function divisors(of: number, most: number): number[] {
  const found: number[] = [];
  for (let each = 1; each <= Math.min(of, most); each++) if (of % each === 0) found.push(each);
  return found;
}

function usualSharding(framework: Framework): WholeLayout["sharding"] {
  switch (framework) {
    case "megatron":
      return "zero1";
    case "deepspeed":
      return "zero3";
    case "fsdp":
    case "maxtext":
      return "fsdp";
  }
}

/** The framework that a layout without one is run with. */
export function usualFramework(layout: TrainingLayout, generation: string): Framework {
  if (generation === "tpu") return "maxtext";
  if (layout.sharding === "fsdp")
    return layout.tp * layout.pp * layout.cp * layout.ep > 1 ? "megatron" : "fsdp";
  return layout.sharding === "zero2" || layout.sharding === "zero3" ? "deepspeed" : "megatron";
}
