import type { TransformerShape } from "../../schema/plan/model-shape.ts";
import type { MemoryParts } from "../../schema/plan/step-prediction.ts";
import type { TrainingLayout } from "../../schema/plan/training-layout.ts";
import { type FilledLayout, fillLayout } from "./fill-layout.ts";
import { memoryOfFilled, sumOfParts } from "./memory-of-layout.ts";

/** Memory of a layout whose open details are chosen so that it fits. */
export interface ChosenMemory {
  memory: MemoryParts;
  memoryBytes: number;
  fits: boolean;
  /** The details that differ from the framework's usual ones, by field. */
  assumed: Readonly<Record<string, string>>;
}

/** A detail that programs can change without changing the layout. */
export interface Detail {
  field: keyof TrainingLayout | "recomputedModules" | "weightFormat" | "gatheredWeights";
  text: string;
  change: (layers: number) => Partial<FilledLayout>;
  appliesTo: (layout: FilledLayout, software: string | undefined) => boolean;
}

/**
 * Since when MaxText can keep activations in host memory (`remat_policy: qkv_proj_offloaded`, later `custom`).
 *
 * @see https://github.com/AI-Hypercomputer/maxtext/pull/987
 */
const maxtextOffloadsSince = "2024-04";

/** In the order in which they are tried: those that cost no time first. */
const details: readonly Detail[] = [
  {
    field: "loss",
    text: "fused",
    change: () => ({ loss: "fused" }),
    appliesTo: ({ loss }) => loss === "plain",
  },
  {
    field: "gradientFormat",
    text: "bf16",
    change: () => ({ gradientFormat: "bf16" }),
    appliesTo: ({ gradientFormat }) => gradientFormat === "fp32",
  },
  {
    field: "recomputedModules",
    text: "norms, activation functions and expanded latent attention",
    change: () => ({ recomputesCheapModules: true }),
    appliesTo: ({ recompute, framework }) => recompute === "selective" && framework === "megatron",
  },
  {
    field: "loss",
    text: "chunked",
    change: () => ({ loss: "chunked" }),
    appliesTo: () => true,
  },
  {
    field: "momentFormat",
    text: "bf16",
    change: () => ({ momentFormat: "bf16" }),
    appliesTo: ({ optimizer }) => optimizer === "adamw",
  },
  {
    field: "weightFormat",
    text: "nvfp4 alone",
    change: () => ({ keepsOnlyQuantizedWeights: true }),
    appliesTo: ({ precision }) => precision === "nvfp4",
  },
  {
    field: "gatheredWeights",
    text: "one matrix at a time",
    change: () => ({ gathersOneMatrix: true }),
    appliesTo: ({ framework }) => framework === "maxtext",
  },
  ...[1 / 2, 3 / 4, 1].map((share): Detail => ({
    field: "offloadActivationLayers",
    text: `${share * 100} % of the layers`,
    change: (layers) => ({ offloadActivationLayers: Math.ceil(share * layers) }),
    appliesTo: ({ framework }, software = maxtextOffloadsSince) =>
      framework !== "maxtext" || software >= maxtextOffloadsSince,
  })),
];

/** Details that a program may still change, in the order in which they are tried; each is applied as it is listed. */
export function* openDetails(
  filled: FilledLayout,
  layout: TrainingLayout,
  layers: number,
): Generator<Detail> {
  const layersOfStage = Math.ceil(layers / layout.pp);
  for (const detail of details) {
    if (!isOpen(detail.field, layout) || !detail.appliesTo(filled, layout.software)) continue;
    Object.assign(filled, detail.change(layersOfStage));
    yield detail;
  }
}

function isOpen(field: Detail["field"], layout: TrainingLayout): boolean {
  if (field === "recomputedModules" || field === "weightFormat" || field === "gatheredWeights")
    return true;
  return layout[field] === undefined;
}

/** Predictions are this far off on average: a layout that exceeds the memory by less is not refused. */
const tolerance = 0.03;

/** What a layout may need according to a prediction, so that it is not refused. */
export function memoryLimit(capacityBytes: number): number {
  return capacityBytes * (1 + tolerance);
}

/**
 * Memory of the fullest accelerator. Details that the layout leaves open, such as the format of gradients, are changed
 * one after another until it fits; a layout that does not fit even then is given as it usually is.
 *
 * @param hardware `count`: all accelerators of the run; `capacityBytes`: what one of them has
 */
export function memoryThatFits(
  shape: TransformerShape,
  layout: TrainingLayout,
  hardware: { readonly count: number; readonly capacityBytes: number },
): ChosenMemory {
  const limit = memoryLimit(hardware.capacityBytes);
  const filled = fillLayout(layout, shape, hardware.count);
  const usual = memoryOfFilled(shape, filled, hardware.count);
  const usualBytes = sumOfParts(usual);
  if (usualBytes <= limit) {
    return { memory: usual, memoryBytes: usualBytes, fits: true, assumed: {} };
  }
  const assumed: Record<string, string> = {};
  for (const { field, text } of openDetails(filled, layout, shape.layers)) {
    assumed[field] = `${text}, so that it fits`;
    const memory = memoryOfFilled(shape, filled, hardware.count);
    const memoryBytes = sumOfParts(memory);
    if (memoryBytes <= limit) return { memory, memoryBytes, fits: true, assumed };
  }
  return { memory: usual, memoryBytes: usualBytes, fits: false, assumed: {} };
}
