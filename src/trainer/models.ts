import type { SeededRandom } from "../foundation/numbers/seeded-random.ts";
import { concatenate, type Tensor, type TensorsOf } from "./tensor-backend.ts";
import type { ParameterSpec, ParameterSpecs } from "./workload.ts";

/** Trainable tensors and the computations on them. */
export interface Model {
  readonly parameters: ParameterSpecs;
  readonly apply: (parameters: TensorsOf<ParameterSpecs>, input: Tensor) => Tensor;
}

/**
 * A multilayer perceptron: linear layers of the given widths with ReLU between them.
 * [batch, widths.first] gives [batch, widths.last].
 */
export function mlp(widths: readonly number[]): Model {
  const layers = widths.slice(1).map((width, index) => ({
    name: `linear${index + 1}`,
    fanIn: widths[index] ?? 0,
    width,
  }));
  return {
    parameters: Object.fromEntries(
      layers.flatMap(({ name, fanIn, width }) => [
        [`${name}.weight`, heNormal([fanIn, width], fanIn)],
        [`${name}.bias`, zeros([width])],
      ]),
    ),
    apply(parameters, input) {
      let hidden = input; // [batch, fanIn]
      for (const [index, { name }] of layers.entries()) {
        if (index > 0) hidden = hidden.relu();
        const weight = pick(parameters, `${name}.weight`);
        hidden = hidden.matmul(weight).add(pick(parameters, `${name}.bias`)); // [batch, width]
      }
      return hidden;
    },
  };
}

export interface CnnShape {
  /** Height and width of the image; halved by every stage. */
  readonly imageSize: number;
  readonly imageChannels: number;
  /** Output channels of each stage: 3 x 3 convolution, ReLU, 2 x 2 max pooling. */
  readonly stageChannels: readonly number[];
  /** Width of the hidden linear layer. */
  readonly hiddenWidth: number;
  readonly classCount: number;
}

/**
 * A small convolutional network: stages of convolution, ReLU and pooling, then an MLP.
 * [batch, imageSize, imageSize, imageChannels] gives [batch, classCount].
 */
export function cnn(shape: CnnShape): Model {
  const stages = shape.stageChannels.map((channels, index) => ({
    name: `convolution${index + 1}`,
    size: shape.imageSize >> index,
    fanIn: 9 * (shape.stageChannels[index - 1] ?? shape.imageChannels),
    channels,
  }));
  const lastSize = shape.imageSize >> stages.length;
  const featureCount = lastSize * lastSize * (shape.stageChannels.at(-1) ?? shape.imageChannels);
  const head = mlp([featureCount, shape.hiddenWidth, shape.classCount]);
  return {
    parameters: {
      ...Object.fromEntries(
        stages.flatMap(({ name, fanIn, channels }) => [
          [`${name}.weight`, heNormal([fanIn, channels], fanIn)],
          [`${name}.bias`, zeros([channels])],
        ]),
      ),
      ...head.parameters,
    },
    apply(parameters, input) {
      let hidden = input; // [batch, size, size, channels]
      for (const { name } of stages) {
        const weight = pick(parameters, `${name}.weight`);
        // Bias and ReLU after pooling: the same values, on a quarter of the elements.
        hidden = maxPool2x2(convolve3x3(hidden, weight)); // [batch, size / 2, size / 2, channels]
        hidden = hidden.add(pick(parameters, `${name}.bias`)).relu();
      }
      return head.apply(parameters, hidden.reshape([-1, featureCount]));
    },
  };
}

/**
 * 3 x 3 convolution, stride 1, zeros around the image, as one matrix product over the nine shifted
 * images (im2col): the backend's own convolution is 10 to 18 times slower.
 *
 * @param image [batch, height, width, channels]
 * @param weight [9 * channels, outputChannels]; row major over (kernel row, kernel column, channel)
 * @returns [batch, height, width, outputChannels]
 */
export function convolve3x3(image: Tensor, weight: Tensor): Tensor {
  const [, height = 0, width = 0, channels = 0] = image.shape;
  // First the three columns side by side, then the three rows: six copies instead of nine, and as
  // many terms in the gradient.
  const padded = image.pad([
    [0, 0],
    [1, 1],
    [1, 1],
    [0, 0],
  ]);
  const threeColumns = concatenate(
    [0, 1, 2].map((column) => padded.slice([[], [], [column, column + width], []])),
    3,
  ); // [batch, height + 2, width, 3 * channels]
  const patches = concatenate(
    [0, 1, 2].map((row) => threeColumns.slice([[], [row, row + height], [], []])),
    3,
  ).reshape([-1, 9 * channels]); // [batch * height * width, 9 * channels]
  const result = alignedProduct(patches, weight);
  return result.reshape([-1, height, width, weight.shape[1] ?? 0]).asLayer((shape) => {
    const [imageLayer, weightLayer] = [image.layer, weight.layer];
    if (imageLayer === undefined || weightLayer === undefined) return undefined;
    return { kind: "convolution", shape, image: imageLayer, weight: weightLayer };
  });
}

/**
 * The matrix product, with zeros appended to the inner dimension up to a multiple of four: the
 * backend's gradient of other widths does not use SIMD and is ten times slower.
 */
function alignedProduct(left: Tensor, right: Tensor): Tensor {
  const missing = -(right.shape[0] ?? 0) & 3;
  if (missing === 0) return left.matmul(right);
  return left
    .pad([
      [0, 0],
      [0, missing],
    ])
    .matmul(
      right.pad([
        [0, missing],
        [0, 0],
      ]),
    );
}

/** [batch, height, width, channels] to [batch, height / 2, width / 2, channels]; with an odd size, the last row or column is dropped. */
export function maxPool2x2(image: Tensor): Tensor {
  const [, height = 0, width = 0, channels = 0] = image.shape;
  const [rows, columns] = [height >> 1, width >> 1];
  const even = image.slice([[], [0, 2 * rows], [0, 2 * columns], []]);
  const { layer: of } = image;
  return even
    .reshape([-1, rows, 2, columns, 2, channels])
    .max([2, 4])
    .asLayer((shape) => of && { kind: "max-pool", shape, of });
}

/**
 * Mean cross-entropy of softmax over the last axis.
 *
 * @param logits [batch, classCount]
 * @param labels int32 [batch]
 */
export function crossEntropy(logits: Tensor, labels: Tensor): Tensor {
  const [batch = 1, classCount = 1] = logits.shape;
  return logits
    .logSoftmax(-1)
    .mul(labels.oneHot(classCount))
    .sum()
    .mul(-1 / batch)
    .asLayer((shape) => {
      const [logitsLayer, labelsLayer] = [logits.layer, labels.layer];
      if (logitsLayer === undefined || labelsLayer === undefined) return undefined;
      if (logits.shape.length !== 2) return undefined;
      return { kind: "cross-entropy", shape, logits: logitsLayer, labels: labelsLayer };
    });
}

/** Fraction of rows whose largest output is at the label. */
export function accuracy(predictions: Float32Array, labels: ArrayLike<number>): number {
  let right = 0;
  for (let index = 0; index < predictions.length; index++) {
    if (predictions[index] === labels[index]) right++;
  }
  return right / predictions.length;
}

/** Weights in front of a ReLU: normal with variance 2 / fanIn (He et al. 2015, equation 10). */
export function heNormal(shape: readonly number[], fanIn: number): ParameterSpec {
  return normal(shape, Math.sqrt(2 / fanIn));
}

export function normal(shape: readonly number[], standardDeviation: number): ParameterSpec {
  return {
    kind: "float32",
    shape,
    initialise(values: Float32Array, random: SeededRandom) {
      for (let index = 0; index < values.length; index++) {
        values[index] = standardDeviation * random.normal();
      }
    },
  };
}

export function zeros(shape: readonly number[]): ParameterSpec {
  return { kind: "float32", shape, initialise: () => undefined };
}

function pick(parameters: TensorsOf<ParameterSpecs>, name: string): Tensor {
  const tensor = parameters[name];
  if (tensor === undefined) throw new RangeError(`no parameter ${name}`);
  return tensor;
}
