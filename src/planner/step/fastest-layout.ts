import type { TransformerShape } from "../../schema/plan/model-shape.ts";
import { type MemoryOfChoices, memoryOfChoices } from "../memory/memory-of-choices.ts";
import { type ChosenMemory, memoryLimit, memoryThatFits } from "../memory/memory-that-fits.ts";
import type { LayoutChoices } from "./choose-layout.ts";
import { costsOfChoice, knownCosts } from "./known-layer-costs.ts";
import { spreadLayoutOf, type WholeLayout } from "./prepare-step.ts";
import type { LayerCosts, StepContext } from "./step-context.ts";
import { partCount, stepPartsInto } from "./step-time.ts";

/** One value of each field that a layout may leave open. */
export type OpenChoices = Pick<WholeLayout, "microBatch" | "recompute" | "vp">;

/** With the time of a step. */
interface TimedChoice extends OpenChoices {
  costs: LayerCosts;
  correction: number;
  stepTimeMs: number;
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
  const hardware = { count, capacityBytes: context.hardware.memoryBytes };
  const timed = timedChoices(context, choices, machine);
  const choice = fastestThatFits(timed, { choices, shape, hardware });
  const layout = layoutOf(choices, choice);
  const { memory, memoryBytes, fits, assumed } = memoryThatFits(shape, layout, hardware);
  const parts = new Float64Array(partCount);
  const { correction, stepTimeMs } = choice;
  stepPartsInto(parts, context, choice.costs, spreadLayoutOf(layout, count));
  for (let index = 0; index < partCount; index++) parts[index] = (parts[index] ?? 0) * correction;
  const others = spreadOfChoices(timed, choice);
  return { layout, parts, stepTimeMs, memory, memoryBytes, fits, assumed, spreadOfChoices: others };
}

/** Share of the memory that a run which may choose leaves free. */
const spareShare = 0.05;

function fastestThatFits(
  timed: readonly TimedChoice[],
  machine: {
    choices: LayoutChoices;
    shape: TransformerShape;
    hardware: { count: number; capacityBytes: number };
  },
): TimedChoice {
  const { choices, shape, hardware } = machine;
  const [only] = timed;
  if (only === undefined) throw new RangeError("a layout without choices");
  if (timed.length === 1) return only;
  const memory = memoryOfChoices(shape, choices.base, hardware);
  const limit = memoryLimit(hardware.capacityBytes);
  const sorted = timed.toSorted((a, b) => a.stepTimeMs - b.stepTimeMs);
  const squeezed: TimedChoice[] = [];
  let least = only;
  let leastBytes = Number.POSITIVE_INFINITY;
  for (const choice of sorted) {
    const bytes = memory.usualBytes(choice);
    if (bytes <= hardware.capacityBytes * (1 - spareShare))
      return squeezed.find((one) => differsInStages(one, choice)) ?? choice;
    if (bytes <= limit) squeezed.push(choice);
    if (bytes < leastBytes) [least, leastBytes] = [choice, bytes];
  }
  return squeezed[0] ?? fastestChanged(sorted, memory) ?? least;
}

/**
 * Whether a faster choice differs in its virtual stages alone. These need no memory to spare: programs can start with fewer
 * micro batches than the schedule allows, and free early what they have sent.
 *
 * @see Llama Team 2024, section 3.3.2, https://arxiv.org/abs/2407.21783
 */
function differsInStages(one: TimedChoice, other: TimedChoice): boolean {
  return one.microBatch === other.microBatch && one.recompute === other.recompute;
}

/** The first that fits with changed details; else the first that fits with offloading. */
function fastestChanged(
  sorted: readonly TimedChoice[],
  memory: MemoryOfChoices,
): TimedChoice | undefined {
  let offloading: TimedChoice | undefined;
  for (const choice of sorted) {
    const change = memory.changeToFit(choice, offloading === undefined);
    if (change === "details") return choice;
    if (change === "offloading") offloading = choice;
  }
  return offloading;
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
    let next = Number.POSITIVE_INFINITY;
    for (const one of timed) {
      if (one[field] !== best[field] && one.stepTimeMs < next) next = one.stepTimeMs;
    }
    if (next < Number.POSITIVE_INFINITY) spread = Math.max(spread, next / best.stepTimeMs);
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
  const known = knownCosts(context, choices.base);
  for (const microBatch of choices.microBatches) {
    const spread = spreadLayoutOf({ ...choices.base, microBatch }, count);
    for (const recompute of choices.recomputes) {
      const costs = costsOfChoice(known, choices.base, { microBatch, recompute });
      for (const vp of choices.virtualStages) {
        const correction = correctionOf({ microBatch, recompute, vp });
        spread.vp = vp;
        const stepTimeMs = stepPartsInto(parts, context, costs, spread) * correction;
        timed.push({ microBatch, recompute, vp, costs, correction, stepTimeMs });
      }
    }
  }
  return timed;
}

function layoutOf(
  { base }: LayoutChoices,
  { microBatch, recompute, vp }: OpenChoices,
): WholeLayout {
  // An interleaved schedule of one stage per rank is 1F1B.
  const schedule = base.schedule === "interleaved" && vp === 1 ? "1f1b" : base.schedule;
  return { ...base, microBatch, recompute, vp, schedule };
}
