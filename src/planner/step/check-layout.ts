import { UserError } from "../../foundation/errors/user-error.ts";
import type { TransformerShape } from "../../schema/plan/model-shape.ts";
import type { TrainingLayout } from "../../schema/plan/training-layout.ts";

/** Embedding and loss can be stages of their own: 126 layers over 16 x 8 is published practice. */
const endStages = 2;

/**
 * Refuses layouts that no program can run. Layers that do not divide by pp and vp are an uneven pipeline, and fewer
 * key-value heads than tensor-parallel ranks are copied, so both pass.
 *
 * @returns the data-parallel ranks
 * @throws UserError `layout-does-not-divide`
 */
export function checkLayout(
  shape: TransformerShape,
  layout: TrainingLayout,
  acceleratorCount: number,
): number {
  const { tp, pp, cp } = layout;
  const model = tp * pp * cp;
  const dp = layout.dp ?? acceleratorCount / model;
  if (!Number.isInteger(dp) || dp * model !== acceleratorCount) {
    const product = layout.dp === undefined ? "tp x pp x cp" : "tp x pp x cp x dp";
    throw doesNotDivide(
      `${acceleratorCount} accelerators do not divide by ${product} = ${layout.dp === undefined ? model : model * layout.dp}`,
      "change `count` under `hardware`, or the layout; without `dp`, what is left is used",
    );
  }
  if (layout.globalBatch % dp !== 0) {
    throw doesNotDivide(
      `a global batch of ${layout.globalBatch} does not divide by dp = ${dp}`,
      `use a multiple of ${dp * (layout.microBatch ?? 1)}`,
    );
  }
  const perRank = layout.globalBatch / dp;
  if (layout.microBatch !== undefined && perRank % layout.microBatch !== 0) {
    throw doesNotDivide(
      `${perRank} sequences per data-parallel rank do not divide by micro batches of ${layout.microBatch}`,
      `use a micro batch that divides ${perRank}`,
    );
  }
  checkModelSplit(shape, layout, dp);
  return dp;
}

function checkModelSplit(shape: TransformerShape, layout: TrainingLayout, dp: number): void {
  const { tp, pp, cp, ep } = layout;
  if (shape.heads % tp !== 0) {
    throw doesNotDivide(`${shape.heads} heads do not divide by tp = ${tp}`, "use a divisor");
  }
  const stages = pp * (layout.vp ?? 1);
  if (stages > shape.layers + endStages) {
    throw doesNotDivide(
      `pp x vp = ${stages} stages are more than ${shape.layers} layers, embedding and loss`,
      "each stage needs one of them",
    );
  }
  if (ep === 1) return;
  if (shape.experts === 0) {
    throw doesNotDivide(`ep = ${ep} for a model without experts`, "leave out `ep`");
  }
  if (shape.experts % ep !== 0) {
    throw doesNotDivide(`${shape.experts} experts do not divide by ep = ${ep}`, "use a divisor");
  }
  const etp = layout.etp ?? 1;
  const ranks = tp * cp * dp;
  if (ranks % (ep * etp) !== 0) {
    throw doesNotDivide(
      `tp x cp x dp = ${ranks} ranks of a stage do not divide by ep x etp = ${ep * etp}`,
      "experts are spread over the ranks of a stage",
    );
  }
}

function doesNotDivide(message: string, hint: string): UserError {
  return new UserError("layout-does-not-divide", message, { hint });
}
