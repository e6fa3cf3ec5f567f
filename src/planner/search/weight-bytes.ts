import { countParameters } from "../model/count-parameters.ts";
import type { TransformerShape } from "../../schema/plan/model-shape.ts";
import type { Framework, TrainingLayout } from "../../schema/plan/training-layout.ts";
import type { Trial } from "./model-split.ts";

/** A lower bound of the memory of one accelerator, in bytes. */
export type WeightBound = (trial: Pick<Trial, "layers" | "stages" | "count">) => number;

/** Bytes per parameter: 16-bit weights and gradients, and 32-bit weights and both moments of AdamW. */
const heldBytes = { weights: 2, gradients: 2, optimizer: 12 };

/** The bound of 16-bit weights, with gradients and optimizer states where they are trained. */
export function weightBytes({
  shape,
  framework,
  adapter,
}: {
  shape: TransformerShape;
  framework: Framework;
  adapter?: TrainingLayout["adapter"];
}): WeightBound {
  const counts = countParameters(shape);
  const routed = counts.expertLayers * counts.routedExperts;
  const dense =
    shape.layers * counts.attention +
    counts.denseLayers * counts.denseFfn +
    counts.expertLayers * counts.sharedExperts;
  const isTrained = adapter === undefined;
  const held = heldBytes.weights + (isTrained ? heldBytes.gradients : 0);
  const optimizer = isTrained ? heldBytes.optimizer : 0;
  if (framework !== "megatron")
    return ({ count }) => ((dense + routed) * (held + optimizer)) / count;
  return ({ layers, stages, count }) => {
    const { tp, ep } = layers;
    const { pp } = stages;
    const own = dense / (tp * pp) + routed / ((ep > 1 ? ep : tp) * pp);
    return held * own + (optimizer * (dense + routed)) / count;
  };
}
