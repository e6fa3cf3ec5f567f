import type { TransformerShape } from "../../schema/plan/model-shape.ts";
import type {
  Framework,
  PipelineSchedule,
  TrainingLayout,
} from "../../schema/plan/training-layout.ts";
import type { WholeLayout } from "./prepare-step.ts";

/** A layout with its usual choices made, and those that are still to be tried. */
export interface LayoutChoices {
  /** With a possible value of each choice that is still to be tried. */
  base: WholeLayout;
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
  const { dp, framework, software } = given;
  const { tp, pp, cp, ep } = layout;
  const usual = { sharding: usualSharding(framework), optimizer: "adamw" } as const;
  // Every field by name: engines copy such objects a hundred times faster than those that grow.
  const base = {
    tp,
    pp,
    cp,
    ep,
    etp: layout.etp ?? (ep > 1 ? 1 : tp),
    dp,
    globalBatch: layout.globalBatch,
    precision: layout.precision,
    recomputeFraction: layout.recomputeFraction,
    offloadActivationLayers: layout.offloadActivationLayers,
    sequenceParallel: tp > 1 && (layout.sequenceParallel ?? true),
    sharding: layout.sharding ?? usual.sharding,
    shardGroup: layout.shardGroup,
    schedule: layout.schedule ?? usualSchedule(pp, layout.vp),
    optimizer: layout.optimizer ?? usual.optimizer,
    framework,
    software,
    attention: layout.attention,
    loss: layout.loss,
    compiled: layout.compiled,
    gradientFormat: layout.gradientFormat,
    momentFormat: layout.momentFormat,
    optimizerInBackward: layout.optimizerInBackward,
    overlap: layout.overlap,
    offloadOptimizer: layout.offloadOptimizer,
    masterWeights: layout.masterWeights,
    adapter: layout.adapter,
    expertImbalance: layout.expertImbalance,
    microBatch: layout.microBatch ?? 1,
    vp: layout.vp ?? 1,
    recompute: layout.recompute ?? "none",
  } satisfies Record<keyof WholeLayout, unknown>;
  const { microBatches, virtualStages: stages, recomputes } = triedChoices(shape, layout, dp);
  const assumed = assumedChoices(layout, usual);
  return { base, microBatches, virtualStages: stages, recomputes, assumed };
}

function triedChoices(
  shape: TransformerShape,
  { microBatch, vp, recompute, globalBatch, pp }: TrainingLayout,
  dp: number,
): Pick<LayoutChoices, "microBatches" | "virtualStages" | "recomputes"> {
  return {
    microBatches:
      microBatch === undefined ? divisors(globalBatch / dp, largestMicroBatch) : [microBatch],
    virtualStages: vp === undefined ? virtualStages(shape.layers, pp) : [vp],
    recomputes: recompute === undefined ? ["none", "selective", "full"] : [recompute],
  };
}

/** Default values of the fields that a layout omits. */
function assumedChoices(
  { tp, sharding, sequenceParallel, optimizer }: TrainingLayout,
  usual: { sharding: string; optimizer: string },
): Record<string, string> {
  const assumed: Record<string, string> = {};
  if (sharding === undefined) assumed["sharding"] = usual.sharding;
  if (tp > 1 && sequenceParallel === undefined) assumed["sequenceParallel"] = "true";
  if (optimizer === undefined) assumed["optimizer"] = usual.optimizer;
  return assumed;
}

/**
 * Virtual stages take turns, which needs the interleaved schedule: https://arxiv.org/abs/2104.04473, section 2.2. With one
 * per rank it is 1F1B.
 *
 * @param vp undefined: still to be tried
 */
function usualSchedule(pp: number, vp: number | undefined): PipelineSchedule {
  return pp === 1 || vp === 1 ? "1f1b" : "interleaved";
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
