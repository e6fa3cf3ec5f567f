import type { MemoryParts } from "../../schema/plan/step-prediction.ts";
import type { TrainingLayout } from "../../schema/plan/training-layout.ts";
import { totalOf, type LayerModel } from "./layer-work.ts";

/** Of what a layer reads and writes, this share is kept for its backward pass. */
const keptShare = 0.5;
/** CUDA context, NCCL and allocator; less where memory is small. */
const reserveBytes = 3e9;
const reserveShare = 0.05;

interface LayerMemory {
  parts: MemoryParts;
  /** Choices that the layout left open. */
  assumed: Record<string, string>;
}

/** Memory of one accelerator. Sharding and recomputation that the layout leaves open are used if nothing else fits. */
export function layerMemory(
  model: LayerModel,
  layout: TrainingLayout,
  { count, memoryBytes }: { count: number; memoryBytes: number },
): LayerMemory {
  const all = { recompute: ["none", "full"], sharding: ["none", "fsdp"] } as const;
  const recomputes = layout.recompute === undefined ? all.recompute : [layout.recompute];
  const shardings = layout.sharding === undefined ? all.sharding : [layout.sharding];
  const tried = shardings.flatMap((sharding) =>
    recomputes.map((recompute) => {
      const reserve = Math.min(reserveBytes, reserveShare * memoryBytes);
      const parts = { ...partsOf(model, { ...layout, sharding, recompute }, count), reserve };
      return { sharding, recompute, parts, bytes: sumOf(parts) };
    }),
  );
  const best =
    tried.find(({ bytes }) => bytes <= memoryBytes) ??
    tried.toSorted((a, b) => a.bytes - b.bytes)[0];
  if (best === undefined) throw new RangeError("a layout without choices");
  return {
    parts: best.parts,
    assumed: {
      ...(layout.sharding === undefined ? { sharding: best.sharding } : {}),
      ...(layout.recompute === undefined ? { recompute: best.recompute } : {}),
    },
  };
}

function partsOf(
  model: LayerModel,
  layout: TrainingLayout,
  count: number,
): Omit<MemoryParts, "reserve"> {
  const parameters = totalOf(model, "parameters");
  const trained = model.layers
    .filter(({ isFrozen }) => isFrozen !== true)
    .reduce((sum, layer) => sum + layer.parameters, 0);
  const { sharding = "none", recompute = "none" } = layout;
  const states = sharding === "none" ? 1 : count;
  const weights = sharding === "zero3" || sharding === "fsdp" ? count : 1;
  const largest = Math.max(...model.layers.map((layer) => layer.parameters));
  const kept = keptElements(model, recompute === "full") * (layout.globalBatch / count);
  return {
    weights: (2 * parameters) / weights + model.tableBytes / count,
    gradients: (2 * trained) / (sharding === "zero1" ? 1 : states),
    optimizer:
      ((layout.optimizer === "sgd" || layout.optimizer === "lars" ? 8 : 12) * trained) / states,
    activations: 2 * kept,
    buffers: weights > 1 ? 4 * largest : 0,
  };
}

/** With recomputation, a tenth of the layers keep what they read. */
function keptElements(model: LayerModel, recomputes: boolean): number {
  const elements = model.layers
    .filter(({ isFrozen }) => isFrozen !== true)
    .reduce((sum, layer) => sum + layer.elements, 0);
  return elements * keptShare * (recomputes ? 0.1 : 1);
}

export function sumOf(parts: MemoryParts): number {
  return Object.values(parts).reduce((sum, part) => sum + part, 0);
}
