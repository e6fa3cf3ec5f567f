import type { TransformerShape } from "../../schema/plan/model-shape.ts";
import { type ChosenMemory, memoryThatFits } from "../memory/memory-that-fits.ts";
import type { LayoutChoices } from "./choose-layout.ts";
import { layerCosts } from "./layer-costs.ts";
import { layerLayoutOf, spreadLayoutOf, type WholeLayout } from "./prepare-step.ts";
import type { LayerCosts, StepContext } from "./step-context.ts";
import { partCount, stepPartsInto } from "./step-time.ts";

/** One value of each field that a layout may leave open. */
export type OpenChoices = Pick<WholeLayout, "microBatch" | "recompute" | "vp">;

/** With the time of a step. */
interface TimedChoice extends OpenChoices {
  costs: LayerCosts;
  stepTimeMs: number;
}

interface Candidate extends ChosenMemory {
  choice: TimedChoice;
  layout: WholeLayout;
}

/** What the choices of a layout are timed on. */
interface Machine {
  shape: TransformerShape;
  count: number;
  /** Factor on the time of a layout that measurements nearby suggest. */
  correctionOf: (choice: OpenChoices) => number;
}

export interface FastestLayout extends ChosenMemory {
  layout: WholeLayout;
  /** Of the step, ms, by the index of `part`. */
  parts: Float64Array;
  stepTimeMs: number;
  /** How much longer a step takes with the next best of an open choice, as a factor. */
  spreadOfChoices: number;
}

/**
 * The fastest layout that fits with memory to spare and the framework's usual details; else one that fits barely; one
 * whose details are changed so that it fits; one that offloads. If none fits, the one with the least memory.
 */
export function fastestLayout(
  context: StepContext,
  choices: LayoutChoices,
  machine: Machine,
): FastestLayout {
  const { shape, count } = machine;
  const capacityBytes = context.hardware.memoryBytes;
  const timed = timedChoices(context, choices, machine);
  const found = fastestThatFits(timed, { choices, shape, count, capacityBytes });
  const { choice, layout, memory, memoryBytes, fits, assumed } = found;
  const parts = new Float64Array(partCount);
  const spread = spreadLayoutOf(layout, count);
  const correction = machine.correctionOf(layout);
  const stepTimeMs = stepPartsInto(parts, context, choice.costs, spread) * correction;
  for (let index = 0; index < partCount; index++) parts[index] = (parts[index] ?? 0) * correction;
  const others = spreadOfChoices(timed, choice);
  return { layout, parts, stepTimeMs, memory, memoryBytes, fits, assumed, spreadOfChoices: others };
}

function fastestThatFits(
  timed: readonly TimedChoice[],
  machine: {
    choices: LayoutChoices;
    shape: TransformerShape;
    count: number;
    capacityBytes: number;
  },
): Candidate {
  const { choices, shape, count, capacityBytes } = machine;
  const best: Candidate[] = [];
  let least: Candidate | undefined;
  const sorted = timed.toSorted((a, b) => a.stepTimeMs - b.stepTimeMs);
  for (const choice of sorted) {
    const layout = layoutOf(choices, choice);
    const chosen = memoryThatFits(shape, layout, { count, capacityBytes });
    const { memory, memoryBytes, fits, assumed } = chosen;
    const candidate = { choice, layout, memory, memoryBytes, fits, assumed };
    const effort = effortToFit(chosen, capacityBytes);
    if (effort === 0) return candidate;
    if (effort !== undefined) best[effort] ??= candidate;
    if (least === undefined || chosen.memoryBytes < least.memoryBytes) least = candidate;
  }
  const found = best.find((one) => one !== undefined) ?? least;
  if (found === undefined) throw new RangeError("a layout without choices");
  return found;
}

/** Share of the memory that a run which may choose leaves free. */
const spareShare = 0.05;

/** What has to be done to fit, from 0, nothing, to 3, offloading; `undefined` if nothing helps. */
function effortToFit(chosen: ChosenMemory, capacityBytes: number): number | undefined {
  if (!chosen.fits) return undefined;
  if (chosen.assumed["offloadActivationLayers"] !== undefined) return 3;
  if (Object.keys(chosen.assumed).length > 0) return 2;
  return chosen.memoryBytes <= capacityBytes * (1 - spareShare) ? 0 : 1;
}

/** Choices that a layout may leave open. */
const openChoices = ["microBatch", "recompute", "vp"] as const;

/**
 * How much longer a step takes if the run chose another value of an open field, the next best one; 1 if all are given.
 * The least likely alternatives do not count: at most a third longer.
 */
function spreadOfChoices(timed: readonly TimedChoice[], best: TimedChoice): number {
  let spread = 1;
  for (const field of openChoices) {
    const others = timed.filter((one) => one[field] !== best[field]);
    if (others.length === 0) continue;
    const next = Math.min(...others.map(({ stepTimeMs }) => stepTimeMs));
    spread = Math.max(spread, next / best.stepTimeMs);
  }
  return Math.min(spread, 4 / 3);
}

function timedChoices(
  context: StepContext,
  choices: LayoutChoices,
  { count, correctionOf }: Machine,
): readonly TimedChoice[] {
  const timed: TimedChoice[] = [];
  const parts = new Float64Array(partCount);
  for (const microBatch of choices.microBatches) {
    for (const recompute of choices.recomputes) {
      const layout = layoutOf(choices, { microBatch, recompute, vp: 1 });
      const costs = layerCosts(context, layerLayoutOf(layout));
      const spread = spreadLayoutOf(layout, count);
      for (const vp of choices.virtualStages) {
        const correction = correctionOf({ microBatch, recompute, vp });
        const stepTimeMs = stepPartsInto(parts, context, costs, { ...spread, vp }) * correction;
        timed.push({ microBatch, recompute, vp, costs, stepTimeMs });
      }
    }
  }
  return timed;
}

function layoutOf(
  { base }: LayoutChoices,
  { microBatch, recompute, vp }: OpenChoices,
): WholeLayout {
  return { ...base, microBatch, recompute, vp };
}
