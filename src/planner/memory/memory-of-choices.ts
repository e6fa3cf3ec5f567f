import type { TransformerShape } from "../../schema/plan/model-shape.ts";
import type { PipelineSchedule, TrainingLayout } from "../../schema/plan/training-layout.ts";
import { type FilledLayout, fillLayout } from "./fill-layout.ts";
import { type MemoryBasis, memoryBasis, memoryFrom, sumOfParts } from "./memory-of-layout.ts";
import { memoryLimit, openDetails } from "./memory-that-fits.ts";
import { reserveBytes } from "./reserve-bytes.ts";

/** What layouts that are compared with each other differ in. */
export interface MemoryChoice {
  microBatch: number;
  recompute: FilledLayout["recompute"];
  vp: number;
}

/** What has to change so that a layout fits: details of the program, or activations that wait in host memory. */
export type ChangeToFit = "details" | "offloading";

/** Memory of layouts that differ in their choices alone; what they share is computed once. */
export interface MemoryOfChoices {
  /** With the usual details of the framework, bytes. */
  usualBytes: (choice: MemoryChoice) => number;
  /** What makes a choice fit that does not fit as usual, if anything does; `mayOffload`: whether to try the host. */
  changeToFit: (choice: MemoryChoice, mayOffload: boolean) => ChangeToFit | undefined;
}

interface Variant {
  filled: FilledLayout;
  basis: MemoryBasis;
}

interface ChangedVariant extends Variant {
  change: ChangeToFit;
}

/**
 * @param layout one of them, with its schedule, since a default would depend on `vp`
 * @param hardware like that of `memoryThatFits`, which says the same of one layout
 */
export function memoryOfChoices(
  shape: TransformerShape,
  layout: TrainingLayout & { schedule: PipelineSchedule },
  hardware: { readonly count: number; readonly capacityBytes: number },
): MemoryOfChoices {
  const { count, capacityBytes } = hardware;
  const limit = memoryLimit(capacityBytes);
  const filled = fillLayout(layout, shape, count);
  const usual = new Map<number, Variant>();
  const changed = new Map<string, readonly ChangedVariant[]>();

  const bytesOf = (variant: Variant, choice: MemoryChoice): number => {
    choose(variant.filled, choice, layout.globalBatch);
    return sumOfParts(memoryFrom(variant.basis, variant.filled, count));
  };

  const variantsOf = (choice: MemoryChoice): readonly ChangedVariant[] => {
    const key = `${choice.vp} ${choice.recompute}`;
    let variants = changed.get(key);
    if (variants === undefined) {
      choose(filled, choice, layout.globalBatch);
      const all = changedLayouts(shape, { ...filled }, layout);
      const last = all.at(-1)?.filled;
      const isHopeless = last !== undefined && stateBytes(shape, last, count) > limit;
      variants = isHopeless
        ? []
        : all.map(({ filled: own, change }) => ({
            filled: own,
            change,
            basis: memoryBasis(shape, own),
          }));
      changed.set(key, variants);
    }
    return variants;
  };

  return {
    usualBytes: (choice) => {
      let variant = usual.get(choice.vp);
      if (variant === undefined) {
        filled.vp = choice.vp;
        usual.set(choice.vp, (variant = { filled, basis: memoryBasis(shape, filled) }));
      }
      return bytesOf(variant, choice);
    },
    changeToFit: (choice, mayOffload) =>
      variantsOf(choice).find(
        (each) => (mayOffload || each.change === "details") && bytesOf(each, choice) <= limit,
      )?.change,
  };
}

/** Writes a choice into a layout. */
function choose(
  filled: FilledLayout,
  { microBatch, recompute, vp }: MemoryChoice,
  globalBatch: number,
): void {
  filled.microBatch = microBatch;
  filled.microBatches = Math.max(1, Math.round(globalBatch / (filled.dp * microBatch)));
  filled.recompute = recompute;
  filled.vp = vp;
}

/** The layout after each detail that is changed, one after another. */
function changedLayouts(
  shape: TransformerShape,
  filled: FilledLayout,
  layout: TrainingLayout,
): Omit<ChangedVariant, "basis">[] {
  const all: Omit<ChangedVariant, "basis">[] = [];
  let change: ChangeToFit = "details";
  for (const { field } of openDetails(filled, layout, shape.layers)) {
    if (field === "offloadActivationLayers") change = "offloading";
    all.push({ filled: { ...filled }, change });
  }
  return all;
}

/** So that rounding does not put a bound above what it bounds. */
const belowRounding = 1 - 1e-9;

/** A lower bound of the memory of a layout: without activations and buffers. */
function stateBytes(shape: TransformerShape, filled: FilledLayout, count: number): number {
  const keepsGradients = filled.adapter === undefined && !filled.optimizerInBackward;
  const states = memoryBasis(shape, filled).stages.map(
    ({ states: { weights, gradients, optimizer } }) =>
      weights + optimizer + (keepsGradients ? gradients : 0),
  );
  return belowRounding * (Math.max(...states) + reserveBytes(count, 0));
}
