import { beforeAll, describe, expect, test } from "vitest";

import { type SeededRandom, seededRandom } from "../foundation/numbers/seeded-random.ts";
import { cnn, convolve3x3, crossEntropy, maxPool2x2, mlp } from "./models.ts";
import { initialParameters } from "./replica.ts";
import {
  compileForward,
  compileLossAndGradients,
  concatenate,
  type HostArraysOf,
  type Signature,
  sizeOf,
  startTensorBackend,
  type Tensor,
  type TensorSpec,
  type TensorSpecs,
  type TensorsOf,
} from "./tensor-backend.ts";

beforeAll(startTensorBackend);

const float = (...shape: number[]): TensorSpec => ({ kind: "float32", shape });
const normals = (count: number, random: SeededRandom): Float32Array =>
  Float32Array.from({ length: count }, () => random.normal());

// Central differences of a float32 loss of order 1: rounding adds about 1e-7 / 1e-3 = 1e-4, and the
// step itself about 1e-6 times the third derivative. A wrong gradient is off by its own size.
const step = 1e-3;
const tolerance = 2e-3;

/** Largest difference between the gradient and central differences, in units of max(1, |gradient|). */
function worstGradientError<Parameters extends TensorSpecs, Inputs extends TensorSpecs>(
  signature: Signature<Parameters, Inputs>,
  loss: (parameters: TensorsOf<Parameters>, inputs: TensorsOf<Inputs>) => Tensor,
  values: { parameters: Float32Array; inputs: HostArraysOf<Inputs> },
): number {
  const { parameters, inputs } = values;
  const gradients = new Float32Array(parameters.length);
  compileLossAndGradients(signature, loss)(parameters, inputs, gradients);
  const evaluate = compileForward(signature, loss);
  let worst = 0;
  for (const [index, gradient] of gradients.entries()) {
    const at = (offset: number): number => {
      const moved = parameters.slice();
      moved[index] = (moved[index] ?? 0) + offset;
      return evaluate(moved, inputs)[0] ?? Number.NaN;
    };
    const difference = (at(step) - at(-step)) / (2 * step);
    const error = Math.abs(gradient - difference) / Math.max(1, Math.abs(gradient));
    worst = Math.max(worst, Number.isNaN(error) ? Infinity : error);
  }
  return worst;
}

type Pair = TensorsOf<{ a: TensorSpec; b: TensorSpec }>;

describe("gradients agree with finite differences", () => {
  test.each<{ name: string; a: number[]; b: number[]; of: (pair: Pair) => Tensor }>([
    { name: "add, broadcast", a: [3, 4], b: [4], of: ({ a, b }) => a.add(b) },
    { name: "sub, broadcast", a: [3, 1], b: [3, 4], of: ({ a, b }) => a.sub(b) },
    { name: "mul", a: [3, 4], b: [3, 4], of: ({ a, b }) => a.mul(b) },
    { name: "div", a: [3, 4], b: [3, 4], of: ({ a, b }) => a.div(b.square().add(1)) },
    { name: "neg and square", a: [5], b: [5], of: ({ a, b }) => a.neg().square().add(b) },
    {
      name: "sqrt and log",
      a: [5],
      b: [5],
      of: ({ a, b }) => a.square().add(1).sqrt().add(b.square().add(1).log()),
    },
    { name: "exp", a: [5], b: [5], of: ({ a, b }) => a.exp().add(b) },
    { name: "sin and cos", a: [5], b: [5], of: ({ a, b }) => a.sin().add(b.cos()) },
    { name: "tanh and sigmoid", a: [5], b: [5], of: ({ a, b }) => a.tanh().add(b.sigmoid()) },
    { name: "gelu and softplus", a: [5], b: [5], of: ({ a, b }) => a.gelu().add(b.softplus()) },
    { name: "relu", a: [9], b: [9], of: ({ a, b }) => a.relu().mul(b) },
    {
      name: "maximum and minimum",
      a: [9],
      b: [9],
      of: ({ a, b }) => a.maximum(b).add(a.minimum(0.1)),
    },
    { name: "select", a: [9], b: [9], of: ({ a, b }) => a.greater(0).select(a.square().mul(b), 0) },
    { name: "sum over an axis", a: [3, 4], b: [3], of: ({ a, b }) => a.sum(1).mul(b) },
    {
      name: "mean, axis kept",
      a: [3, 4],
      b: [3, 4],
      of: ({ a, b }) => a.mean(1, { keepsDimensions: true }).mul(b),
    },
    { name: "max over two axes", a: [2, 3, 4], b: [3], of: ({ a, b }) => a.max([0, 2]).mul(b) },
    { name: "softmax", a: [3, 4], b: [3, 4], of: ({ a, b }) => a.softmax(-1).mul(b) },
    { name: "logSoftmax", a: [3, 4], b: [3, 4], of: ({ a, b }) => a.logSoftmax(-1).mul(b) },
    { name: "matmul", a: [3, 5], b: [5, 4], of: ({ a, b }) => a.matmul(b) },
    { name: "matmul in batches", a: [2, 3, 5], b: [2, 5, 4], of: ({ a, b }) => a.matmul(b) },
    {
      name: "matmul, transposed",
      a: [5, 3],
      b: [4, 5],
      of: ({ a, b }) => a.transpose().matmul(b.transpose([1, 0])),
    },
    {
      name: "reshape and slice",
      a: [3, 4],
      b: [2, 2],
      of: ({ a, b }) =>
        a
          .reshape([4, 3])
          .slice([
            [1, 3],
            [0, 2],
          ])
          .mul(b),
    },
    {
      name: "pad",
      a: [2, 3],
      b: [5, 4],
      of: ({ a, b }) =>
        a
          .pad([
            [1, 2],
            [0, 1],
          ])
          .mul(b),
    },
    { name: "concatenate", a: [2, 3], b: [2, 1], of: ({ a, b }) => concatenate([a, b, a], 1) },
    { name: "3 x 3 convolution", a: [2, 4, 5, 2], b: [18, 3], of: ({ a, b }) => convolve3x3(a, b) },
    {
      name: "3 x 3 convolution, 4 channels",
      a: [1, 3, 4, 4],
      b: [36, 2],
      of: ({ a, b }) => convolve3x3(a, b),
    },
    {
      name: "2 x 2 max pooling",
      a: [2, 4, 6, 2],
      b: [2, 2, 3, 2],
      of: ({ a, b }) => maxPool2x2(a).mul(b),
    },
  ])("$name", ({ name, a, b, of }) => {
    const random = seededRandom(`gradient of ${name}`);
    const parameters = normals(sizeOf(a) + sizeOf(b), random);
    const error = worstGradientError(
      { parameters: { a: float(...a), b: float(...b) }, inputs: {} },
      // The sine weighs every element differently, so that no two errors can cancel.
      (pair) => of(pair).sin().sum(),
      { parameters, inputs: {} },
    );
    expect(error).toBeLessThan(tolerance);
  });

  test("rows of a table, some taken twice", () => {
    const signature = {
      parameters: { table: float(4, 3) },
      inputs: { at: { kind: "int32", shape: [5] } as const },
    };
    const error = worstGradientError(signature, ({ table }, { at }) => table.rows(at).sin().sum(), {
      parameters: normals(12, seededRandom("rows")),
      inputs: { at: Int32Array.of(0, 3, 3, 1, 0) },
    });
    expect(error).toBeLessThan(tolerance);
  });

  test.each([
    { name: "a multilayer perceptron under cross-entropy", model: mlp([6, 5, 4, 3]), image: [6] },
    {
      name: "a convolutional network under cross-entropy",
      model: cnn({
        imageSize: 4,
        imageChannels: 1,
        stageChannels: [2, 3],
        hiddenWidth: 4,
        classCount: 3,
      }),
      image: [4, 4, 1],
    },
  ])("$name", ({ name, model, image }) => {
    const random = seededRandom(name);
    const batch = 3;
    const inputs = {
      image: float(batch, ...image),
      label: { kind: "int32", shape: [batch] } as const,
    };
    const parameters = initialParameters(model.parameters, 3);
    // Biases start at zero, where ReLU is not differentiable for a dead unit.
    for (const [index, value] of parameters.entries()) {
      parameters[index] = value + 0.1 * random.normal();
    }
    const error = worstGradientError(
      { parameters: model.parameters, inputs },
      (parameters, { image, label }) => crossEntropy(model.apply(parameters, image), label),
      {
        parameters,
        inputs: { image: normals(batch * sizeOf(image), random), label: Int32Array.of(0, 2, 1) },
      },
    );
    expect(error).toBeLessThan(tolerance);
  });
});

describe("fast and plain implementations agree", () => {
  // Sums of up to 9 * 5 products of order 1 in float32.
  const rounding = 1e-5;

  test("3 x 3 convolution, on random shapes", () => {
    const random = seededRandom("convolution shapes");
    for (let round = 0; round < 6; round++) {
      const [batch, height, width] = [
        1 + random.below(3),
        1 + random.below(6),
        1 + random.below(6),
      ];
      const [channels, outputs] = [1 + random.below(5), 1 + random.below(5)];
      const shape = { batch, height, width, channels, outputs };
      const image = normals(batch * height * width * channels, random);
      const weight = normals(9 * channels * outputs, random);
      const fast = compileForward(
        {
          parameters: { weight: float(9 * channels, outputs) },
          inputs: { image: float(batch, height, width, channels) },
        },
        ({ weight }, { image }) => convolve3x3(image, weight),
      )(weight, { image });
      const plain = plainConvolution(image, weight, shape);
      expect(fast.length).toBe(plain.length);
      const worst = Math.max(
        ...plain.map((value, index) => Math.abs(value - (fast[index] ?? NaN))),
      );
      expect({ shape, isClose: worst < rounding }).toEqual({ shape, isClose: true });
    }
  });

  test("matrix product, on shapes that do not fill a vector", () => {
    const random = seededRandom("product shapes");
    for (let round = 0; round < 12; round++) {
      const [rows, inner, columns] = [
        1 + random.below(9),
        1 + random.below(9),
        1 + random.below(9),
      ];
      const left = normals(rows * inner, random);
      const right = normals(inner * columns, random);
      const fast = compileForward(
        { parameters: { right: float(inner, columns) }, inputs: { left: float(rows, inner) } },
        ({ right }, { left }) => left.matmul(right),
      )(right, { left });
      for (let row = 0; row < rows; row++) {
        for (let column = 0; column < columns; column++) {
          let sum = 0;
          for (let k = 0; k < inner; k++) {
            sum += (left[row * inner + k] ?? 0) * (right[k * columns + column] ?? 0);
          }
          expect(fast[row * columns + column]).toBeCloseTo(sum, 4);
        }
      }
    }
  });

  test("2 x 2 max pooling drops the last row and column of odd sizes", () => {
    const image = Float32Array.from({ length: 15 }, (_, index) => index % 7);
    const pooled = compileForward(
      { parameters: {}, inputs: { image: float(1, 3, 5, 1) } },
      (_, { image }) => maxPool2x2(image),
    )(new Float32Array(), { image });
    // rows 0 1 2 3 4 / 5 6 0 1 2, columns in pairs
    expect([...pooled]).toEqual([6, 3]);
  });
});

describe("a traced function", () => {
  test("refuses an input of a wrong size", () => {
    const forward = compileForward({ parameters: {}, inputs: { x: float(3) } }, (_, { x }) =>
      x.add(1),
    );
    expect(() => forward(new Float32Array(), { x: new Float32Array(4) })).toThrow(
      "input x needs shape 3",
    );
  });

  test("can use a tensor any number of times and leave another unused", () => {
    const forward = compileForward(
      { parameters: { unused: float(2), w: float(2) }, inputs: { x: float(2) } },
      ({ w }, { x }) => x.add(w).mul(w).add(w.mul(w)).add(x),
    );
    const run = (): Float32Array =>
      forward(Float32Array.of(9, 9, 2, 3), { x: Float32Array.of(5, 7) });
    expect([...run()]).toEqual([23, 46]);
    expect([...run()]).toEqual([23, 46]);
  });
});

function plainConvolution(
  image: Float32Array,
  weight: Float32Array,
  s: { batch: number; height: number; width: number; channels: number; outputs: number },
): Float32Array {
  const result = new Float32Array(s.batch * s.height * s.width * s.outputs);
  const isInside = (y: number, x: number): boolean =>
    y >= 0 && y < s.height && x >= 0 && x < s.width;
  const places = Array.from({ length: s.batch * s.height * s.width }, (_, place) => place);
  for (const place of places) {
    const [x, y] = [place % s.width, Math.floor(place / s.width) % s.height];
    const sample = Math.floor(place / (s.width * s.height));
    for (let tap = 0; tap < 9; tap++) {
      const [row, column] = [y + Math.floor(tap / 3) - 1, x + (tap % 3) - 1];
      if (!isInside(row, column)) continue;
      for (let pair = 0; pair < s.channels * s.outputs; pair++) {
        const [channel, output] = [Math.floor(pair / s.outputs), pair % s.outputs];
        const pixel = image[((sample * s.height + row) * s.width + column) * s.channels + channel];
        const factor = weight[(tap * s.channels + channel) * s.outputs + output];
        const at = place * s.outputs + output;
        result[at] = (result[at] ?? 0) + (pixel ?? 0) * (factor ?? 0);
      }
    }
  }
  return result;
}
