import { layerMemory } from "./kernels/layer-kernels.ts";
import { tileProductOver } from "./kernels/tile-product.ts";
import { kernelMemory } from "./kernels/wasm-function.ts";
import { inOrder, type LayerNode } from "./layer-graph.ts";
import { type ParameterShapes, MemoryLayout, sizeOf } from "./memory-layout.ts";
import { type LayerInputs, type LayerWorld, planStep } from "./layer-steps.ts";

/** A chain of layers, compiled for Pitwall's kernels. */
export interface LayerProgram {
  /** The output, in memory that the next call writes over. */
  readonly run: (parameters: Float32Array, inputs: LayerInputs) => Float32Array;
  /** The gradients of the scalar that `run` has just computed, in memory that is written over too. */
  readonly gradients: (inputs: LayerInputs) => Float32Array;
}

/** Lays out memory for a chain of layers and prepares every step, forward and back. */
export function layerProgram(output: LayerNode, parameters: ParameterShapes): LayerProgram {
  const order = inOrder(output);
  const layout = new MemoryLayout(order, parameters);
  const plans = order.map((node) => planStep(node, layout));
  const memory = kernelMemory(Float32Array.BYTES_PER_ELEMENT * layout.length);
  const world: LayerWorld = { memory: layerMemory(memory), tile: tileProductOver(memory) };
  const { floats } = world.memory;
  const steps = plans.map((plan) => plan(world));
  const backwards = steps.toReversed();
  const inputs = order.filter((node) => node.kind === "input");
  const outputAt = layout.valueOf(output);
  return {
    run(parameterValues, values) {
      floats.set(parameterValues, 0);
      for (const { name, format } of inputs) {
        const input = values[name];
        if (format === "float32" && input !== undefined) floats.set(input, layout.inputOf(name));
      }
      for (const { forward } of steps) forward(values);
      return floats.subarray(outputAt, outputAt + sizeOf(output));
    },
    gradients(values) {
      floats[layout.slopeOf(output)] = 1;
      for (const { backward } of backwards) backward(values);
      return floats.subarray(layout.parameterCount, 2 * layout.parameterCount);
    },
  };
}
