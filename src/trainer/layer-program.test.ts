import { beforeAll, describe, expect, test } from "vitest";

import { type SeededRandom, seededRandom } from "../foundation/numbers/seeded-random.ts";
import { isChain, type LayerNode } from "./layer-graph.ts";
import { cnn, crossEntropy, maxPool2x2, type Model, mlp } from "./models.ts";
import { initialParameters } from "./replica.ts";
import {
  compileLossAndGradients,
  sizeOf,
  startTensorBackend,
  type Tensor,
  type TensorSpec,
} from "./tensor-backend.ts";

beforeAll(startTensorBackend);

interface Case {
  name: string;
  model: Model;
  /** Of one sample. */
  shape: number[];
  batch: number;
  classes: number;
}

/** Shapes that do not fill a vector or tile, and shapes that do. */
function randomCase(random: SeededRandom, index: number): Case {
  const batch = 1 + random.below(14);
  const classes = 2 + random.below(9);
  if (index % 2 === 0) {
    const widths = [1 + random.below(30), 1 + random.below(30), classes];
    return {
      name: `mlp ${widths.join("-")} x ${batch}`,
      model: mlp(widths),
      shape: [widths[0] ?? 0],
      batch,
      classes,
    };
  }
  const imageSize = 4 + random.below(9);
  const imageChannels = 1 + random.below(3);
  const stageChannels = [1 + random.below(10), 4 * (1 + random.below(3))];
  const size = { imageSize, imageChannels, stageChannels };
  return {
    name: `cnn ${JSON.stringify(size)} x ${batch}`,
    model: cnn({ ...size, hiddenWidth: 1 + random.below(12), classCount: classes }),
    shape: [imageSize, imageSize, imageChannels],
    batch,
    classes,
  };
}

const random = seededRandom("layer program");
const cases = Array.from({ length: 12 }, (_, index) => randomCase(random, index));

describe("our kernels and the tensor library", () => {
  test.each(cases)(
    "give the same loss and gradients: $name",
    ({ model, shape, batch, classes }) => {
      const image: TensorSpec = { kind: "float32", shape: [batch, ...shape] };
      const signature = {
        parameters: model.parameters,
        inputs: { image, label: { kind: "int32", shape: [batch] } as const },
      };
      const parameters = initialParameters(model.parameters, 5);
      for (const [index, value] of parameters.entries()) {
        parameters[index] = value + 0.1 * random.normal();
      }
      const inputs = {
        image: Float32Array.from({ length: sizeOf(image.shape) }, () => random.normal()),
        label: Int32Array.from({ length: batch }, () => random.below(classes)),
      };
      const gradientsOf = (
        change: (loss: Tensor) => Tensor,
      ): { loss: number; gradients: Float32Array } => {
        const gradients = new Float32Array(parameters.length).fill(Number.NaN);
        const run = compileLossAndGradients(signature, (parameters, { image, label }) =>
          change(crossEntropy(model.apply(parameters, image), label)),
        );
        run(parameters, inputs, gradients);
        // The second call must not depend on the first.
        return { loss: run(parameters, inputs, gradients), gradients };
      };
      const ours = gradientsOf((loss) => loss);
      // Adding a number is not a supported layer.
      const library = gradientsOf((loss) => loss.add(0));

      expect(ours.loss).toBeCloseTo(library.loss, 4);
      const size = Math.hypot(...library.gradients);
      const difference = Math.hypot(
        ...library.gradients.map((value, index) => value - (ours.gradients[index] ?? Number.NaN)),
      );
      // Sums of up to a few thousand float32 products, in another order.
      expect(difference / size).toBeLessThan(1e-4);
    },
  );
});

describe("a chain of layers", () => {
  const input: LayerNode = { kind: "input", name: "x", format: "float32", shape: [2, 3] };
  const weight: LayerNode = { kind: "parameter", name: "w", shape: [3, 3] };
  const other: LayerNode = { kind: "parameter", name: "v", shape: [3, 3] };
  const bias: LayerNode = { kind: "parameter", name: "b", shape: [3] };
  const shape = [2, 3];
  const product: LayerNode = { kind: "product", shape, left: input, right: weight };
  const relu: LayerNode = { kind: "relu", shape, of: product };

  test.each<{ name: string; node: LayerNode; expected: boolean }>([
    { name: "is a product", node: product, expected: true },
    {
      name: "is a product with bias and ReLU",
      node: { kind: "relu", shape, of: { kind: "bias", shape, of: product, bias } },
      expected: true,
    },
    {
      name: "does not fuse a bias after ReLU, which would lose its output",
      node: { kind: "bias", shape, of: relu, bias },
      expected: false,
    },
    {
      name: "is not what uses a weight twice",
      node: { kind: "product", shape, left: product, right: weight },
      expected: false,
    },
    {
      name: "is one product after another",
      node: { kind: "product", shape, left: relu, right: other },
      expected: true,
    },
    {
      name: "does not fuse a product with data on the right",
      node: { kind: "product", shape, left: relu, right: { ...input, name: "y" } },
      expected: false,
    },
    { name: "is no ReLU of data", node: { kind: "relu", shape, of: input }, expected: false },
  ])("$name", ({ node, expected }) => {
    expect(isChain(node)).toBe(expected);
  });

  test("can be followed by operations of the library", () => {
    const signature = {
      parameters: {},
      inputs: { x: { kind: "float32", shape: [1, 2, 2, 1] } as const },
    };
    const run = compileLossAndGradients(signature, (_, { x }) => maxPool2x2(x).square().sum());
    expect(run(new Float32Array(), { x: Float32Array.of(1, 5, 3, 2) }, new Float32Array())).toBe(
      25,
    );
  });
});
