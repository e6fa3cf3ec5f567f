import type { TransformerShape } from "../../schema/plan/model-shape.ts";
import type { Framework, Recompute } from "../../schema/plan/training-layout.ts";

/** Layouts of one model on one machine, as the search tries them. */
export interface LayoutSpace {
  tensorParallel: readonly number[];
  pipelineParallel: readonly number[];
  contextParallel: readonly number[];
  expertParallel: readonly number[];
  microBatches: readonly number[];
  recomputes: readonly Recompute[];
}

/** Tokens of a rank below which splitting a sequence does not pay. */
const smallestContext = 4096;
const largestPipeline = 16;
/** Sequences of a micro batch, and tokens for short sequences: small models need more to occupy an accelerator. */
const largestMicroBatch = { sequences: 8, tokens: 65_536 };

/**
 * The degrees of parallelism that are worth trying: powers of two that the model divides by. Tensor parallelism stays in
 * the scale-up domain; FSDP uses data parallelism alone.
 *
 * @param domain accelerators in one scale-up domain
 */
export function layoutSpace(
  shape: TransformerShape,
  framework: Framework,
  domain: number,
): LayoutSpace {
  const splitsModel = framework === "megatron";
  const splitsTensors = splitsModel || framework === "maxtext";
  return {
    tensorParallel: splitsTensors
      ? powersOfTwo(Math.min(domain, 8)).filter((tp) => shape.heads % tp === 0)
      : [1],
    pipelineParallel: splitsModel
      ? powersOfTwo(largestPipeline).filter((pp) => pp === 1 || 2 * pp <= shape.layers)
      : [1],
    contextParallel: splitsModel ? powersOfTwo(Math.max(1, shape.seq / smallestContext)) : [1],
    expertParallel: powersOfTwo(Math.min(64, Math.max(1, shape.experts))).filter(
      (ep) => ep === 1 || (splitsModel && shape.experts % ep === 0),
    ),
    microBatches: powersOfTwo(
      Math.max(largestMicroBatch.sequences, largestMicroBatch.tokens / shape.seq),
    ),
    recomputes: ["none", "full"],
  };
}

function powersOfTwo(largest: number): number[] {
  const found: number[] = [];
  for (let power = 1; power <= largest; power *= 2) found.push(power);
  return found;
}

/** Virtual stages that divide the layers of a stage. */
export function virtualStages(layers: number, pp: number): number[] {
  if (pp === 1) return [1];
  const perStage = Math.ceil(layers / pp);
  return [1, 2, 3, 4, 5, 6, 8, 10, 12].filter((vp) => vp <= perStage && perStage % vp === 0);
}
