import {
  addBiasInto,
  argmaxInto,
  copyInsideBorder,
  type LayerMemory,
  maskByReluInto,
  maxPoolInto,
  reluInto,
  softmaxGradientInto,
  softmaxLossInto,
  sumColumnsInto,
  unpoolInto,
} from "./kernels/layer-kernels.ts";
import {
  convolutionWeightGradientInto,
  convolveInto,
  multiplyInto,
  packTurnedInto,
  turnedLength,
} from "./kernels/matrix-product.ts";
import { packedLength, packPanelsInto } from "./kernels/pack-panels.ts";
import { panelColumns, type TileProduct } from "./kernels/tile-product.ts";
import type { LayerNode } from "./layer-graph.ts";
import { type MemoryLayout, sizeOf } from "./memory-layout.ts";

/** The inputs of a program, by name. */
export type LayerInputs = Readonly<Record<string, Float32Array | Int32Array>>;
type Node<Kind extends LayerNode["kind"]> = LayerNode & { readonly kind: Kind };

/** The forward and backward step of a layer. */
export interface LayerStep {
  readonly forward: (inputs: LayerInputs) => void;
  /** Computes gradients of the inputs from gradients of the output. */
  readonly backward: (inputs: LayerInputs) => void;
}

/** The memory that steps work in, and the kernel over it. */
export interface LayerWorld {
  readonly memory: LayerMemory;
  readonly tile: TileProduct;
}

/** Reserves memory for the layer, and returns how to run it once the memory is allocated. */
export function planStep(node: LayerNode, layout: MemoryLayout): (world: LayerWorld) => LayerStep {
  switch (node.kind) {
    case "parameter":
    case "input":
    case "reshape":
      return () => ({ forward: nothing, backward: nothing });
    case "product":
      return planProduct(node, layout);
    case "convolution":
      return planConvolution(node, layout);
    case "max-pool":
      return planMaxPool(node, layout);
    case "cross-entropy":
      return planCrossEntropy(node, layout);
    case "bias":
      return ({ memory }) => {
        const matrix = matrixOf(node, layout.valueOf(node));
        const slopes = matrixOf(node, layout.slopeOf(node));
        return {
          forward: () => addBiasInto(memory, matrix, layout.valueOf(node.bias)),
          backward: () => sumColumnsInto(memory, layout.slopeOf(node.bias), slopes),
        };
      };
    case "relu":
      return ({ memory }) => {
        const [output, slope, count] = [layout.valueOf(node), layout.slopeOf(node), sizeOf(node)];
        return {
          forward: () => reluInto(memory, output, count),
          backward: () => maskByReluInto(memory, slope, { output, count }),
        };
      };
    case "scale":
      return ({ memory }) => ({
        forward: () => scaleInto(memory, layout.valueOf(node), [layout.valueOf(node.of), node]),
        backward: () => scaleInto(memory, layout.slopeOf(node.of), [layout.slopeOf(node), node]),
      });
    case "argmax":
      return ({ memory }) => ({
        forward: () =>
          argmaxInto(memory, layout.valueOf(node), matrixOf(node.of, layout.valueOf(node.of))),
        backward: () => {
          throw new Error("argmax has no gradient");
        },
      });
  }
}

function planProduct(
  node: Node<"product">,
  layout: MemoryLayout,
): (world: LayerWorld) => LayerStep {
  const { left, right } = node;
  const [rowCount, innerCount] = [left.shape[0] ?? 0, left.shape[1] ?? 0];
  const columnCount = right.shape[1] ?? 0;
  const panels = layout.take(
    Math.max(
      packedLength(innerCount, columnCount),
      packedLength(rowCount, columnCount),
      packedLength(columnCount, innerCount),
    ),
  );
  const spill = layout.take(Math.max(rowCount, innerCount) * panelColumns);
  const input = layout.valueOf(left);
  const weight = layout.valueOf(right);
  const result = layout.valueOf(node);
  const whole = { segmentStep: 0, segmentCount: 1, groupCount: 1, groupStep: 0 };
  const common = { panels, spill, accumulates: false };
  return ({ memory, tile }) => ({
    forward() {
      const view = { start: weight, rowStep: columnCount, columnStep: 1 };
      packPanelsInto(memory, panels, { ...view, rowCount: innerCount, columnCount });
      const steps = { ...whole, start: input, rowStep: innerCount, innerStep: 1 };
      const leftSide = { ...steps, runLength: innerCount, rowCount };
      multiplyInto(memory, tile, leftSide, { ...common, columnCount, result });
    },
    backward() {
      const slopes = layout.slopeOf(node);
      const view = { start: slopes, rowStep: columnCount, columnStep: 1 };
      packPanelsInto(memory, panels, { ...view, rowCount, columnCount });
      const turned = { ...whole, start: input, rowStep: 1, innerStep: innerCount };
      const leftSide = { ...turned, runLength: rowCount, rowCount: innerCount };
      const weightSlopes = layout.slopeOf(right);
      multiplyInto(memory, tile, leftSide, { ...common, columnCount, result: weightSlopes });
      if (!hasSlopes(left)) return;
      const turnedWeight = { start: weight, rowStep: 1, columnStep: columnCount };
      const size = { rowCount: columnCount, columnCount: innerCount };
      packPanelsInto(memory, panels, { ...turnedWeight, ...size });
      const steps = { ...whole, start: slopes, rowStep: columnCount, innerStep: 1 };
      const slopeSide = { ...steps, runLength: columnCount, rowCount };
      const inputSlopes = layout.slopeOf(left);
      multiplyInto(memory, tile, slopeSide, {
        ...common,
        columnCount: innerCount,
        result: inputSlopes,
      });
    },
  });
}

function planConvolution(
  node: Node<"convolution">,
  layout: MemoryLayout,
): (world: LayerWorld) => LayerStep {
  const { image, weight } = node;
  const [batch = 0, height = 0, width = 0, channels = 0] = image.shape;
  const columnCount = weight.shape[1] ?? 0;
  const size = { batch, height, width };
  const borderedCount = batch * (height + 2) * (width + 2);
  const bordered = layout.take(borderedCount * channels);
  const goesOn = hasSlopes(image);
  const borderedSlopes = goesOn ? layout.take(borderedCount * columnCount) : 0;
  const panels = layout.take(
    Math.max(
      packedLength(9 * channels, columnCount),
      packedLength(height * width, columnCount),
      turnedLength(channels, columnCount),
    ),
  );
  const spill = layout.take(Math.max(height * width, 9 * channels) * panelColumns);
  const weightAt = layout.valueOf(weight);
  const images = { ...size, bordered, channels };
  return ({ memory, tile }) => ({
    forward() {
      copyInsideBorder(memory, bordered, { ...size, channels, image: layout.valueOf(image) });
      const view = { start: weightAt, rowStep: columnCount, columnStep: 1 };
      packPanelsInto(memory, panels, { ...view, rowCount: 9 * channels, columnCount });
      convolveInto(memory, tile, images, {
        panels,
        spill,
        columnCount,
        result: layout.valueOf(node),
      });
    },
    backward() {
      const slopes = layout.slopeOf(node);
      convolutionWeightGradientInto(memory, tile, images, {
        panels,
        spill,
        columnCount,
        slopes,
        result: layout.slopeOf(weight),
      });
      if (!goesOn) return;
      copyInsideBorder(memory, borderedSlopes, { ...size, channels: columnCount, image: slopes });
      packTurnedInto(memory, panels, { weight: weightAt, channels, columnCount });
      const slopeImages = { ...size, bordered: borderedSlopes, channels: columnCount };
      convolveInto(memory, tile, slopeImages, {
        panels,
        spill,
        columnCount: channels,
        result: layout.slopeOf(image),
      });
    },
  });
}

function planMaxPool(
  node: Node<"max-pool">,
  layout: MemoryLayout,
): (world: LayerWorld) => LayerStep {
  const [batch = 0, height = 0, width = 0, channels = 0] = node.of.shape;
  const images = { batch, height, width, channels, image: layout.valueOf(node.of) };
  return ({ memory }) => {
    const slopes = { pooled: layout.slopeOf(node), image: layout.slopeOf(node.of) };
    return {
      forward: () => maxPoolInto(memory, layout.valueOf(node), images),
      backward: () => unpoolInto(memory, slopes, images),
    };
  };
}

function planCrossEntropy(
  node: Node<"cross-entropy">,
  layout: MemoryLayout,
): (world: LayerWorld) => LayerStep {
  const { logits, labels } = node;
  if (labels.kind !== "input") throw new RangeError("labels must be an input");
  const labelsOf = (inputs: LayerInputs): Int32Array => {
    const values = inputs[labels.name];
    if (values instanceof Int32Array) return values;
    throw new RangeError(`input ${labels.name} must be int32`);
  };
  const softmax = matrixOf(logits, layout.valueOf(logits));
  return ({ memory }) => ({
    forward(inputs) {
      memory.floats[layout.valueOf(node)] = softmaxLossInto(memory, softmax, labelsOf(inputs));
    },
    backward(inputs) {
      const factor = memory.floats[layout.slopeOf(node)] ?? 0;
      const about = { ...softmax, labels: labelsOf(inputs), factor };
      softmaxGradientInto(memory, layout.slopeOf(logits), about);
    },
  });
}

function scaleInto(
  { floats }: LayerMemory,
  target: number,
  [from, node]: readonly [number, Node<"scale">],
): void {
  for (let index = 0; index < sizeOf(node); index++) {
    floats[target + index] = (floats[from + index] ?? 0) * node.factor;
  }
}

/** Everything but the last dimension as rows. */
function matrixOf(
  node: LayerNode,
  start: number,
): { start: number; rowCount: number; columnCount: number } {
  const columnCount = node.shape.at(-1) ?? 1;
  return { start, rowCount: sizeOf(node) / columnCount, columnCount };
}

/** Data inputs need no gradients. */
function hasSlopes(node: LayerNode): boolean {
  return node.kind !== "input";
}

function nothing(): void {}
