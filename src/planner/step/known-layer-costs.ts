import { layerCosts } from "./layer-costs.ts";
import { layerLayoutOf, type WholeLayout } from "./prepare-step.ts";
import type { LayerCosts, StepContext } from "./step-context.ts";

/** Costs of layers that are split in one way, by micro batch and recomputation. */
export interface KnownCosts {
  context: StepContext;
  byChoice: Map<number, LayerCosts>;
}

const known = new WeakMap<StepContext, Map<string, KnownCosts>>();

/** More ways to split the layers of one model on one machine are not kept. */
const mostKept = 500;

/** Costs that were computed for layouts that split layers like this one, which other layouts of a sweep do as well. */
export function knownCosts(context: StepContext, layout: WholeLayout): KnownCosts {
  let ofContext = known.get(context);
  if (ofContext === undefined) known.set(context, (ofContext = new Map()));
  const { tp, cp, ep, etp, sequenceParallel, recomputeFraction, expertImbalance, schedule } =
    layout;
  const key = `${tp} ${cp} ${ep} ${etp} ${sequenceParallel} ${recomputeFraction} ${expertImbalance} ${schedule}`;
  let costs = ofContext.get(key);
  if (costs === undefined) {
    if (ofContext.size >= mostKept) ofContext.clear();
    ofContext.set(key, (costs = { context, byChoice: new Map() }));
  }
  return costs;
}

const recomputeCode = { none: 0, selective: 1, full: 2 } as const;

/** Costs of the layout that `base` is with a micro batch and recomputation of its own. */
export function costsOfChoice(
  { context, byChoice }: KnownCosts,
  base: WholeLayout,
  { microBatch, recompute }: Pick<WholeLayout, "microBatch" | "recompute">,
): LayerCosts {
  const key = 3 * microBatch + recomputeCode[recompute];
  let costs = byChoice.get(key);
  if (costs === undefined) {
    costs = layerCosts(context, layerLayoutOf({ ...base, microBatch, recompute }));
    byChoice.set(key, costs);
  }
  return costs;
}
