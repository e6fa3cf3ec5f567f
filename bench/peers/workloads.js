// The models that bench/trainer.js trains, described once for every peer, and the folder in
// which they, their initial weights and their data are passed to the peers.
//
// Layouts in the folder: images are height, width, channels; convolution weights are height,
// width, channels in, channels out; dense weights are in, out. A peer with a different layout
// permutes them on load.
import { writeFileSync } from "node:fs";
import { join } from "node:path";

const adam = { learningRate: 0.001, beta1: 0.9, beta2: 0.999, epsilon: 1e-8 };

const shared = { classCount: 10, batchSize: 128, batchCount: 8, adam };

export const workloads = {
  mlp: describeMlp("mlp", [784, 512, 10]),
  // The network of the embedded workload `digits`.
  "digits-cnn": describeCnn("digits-cnn", {
    imageSize: 8,
    imageChannels: 1,
    stageChannels: [32, 64],
    hiddenWidth: 128,
    classCount: 10,
  }),
  "mnist-cnn": describeCnn("mnist-cnn", {
    imageSize: 28,
    imageChannels: 1,
    stageChannels: [8, 16],
    hiddenWidth: 64,
    classCount: 10,
  }),
};

/** Linear layers of the given widths with ReLU between them. */
function describeMlp(name, widths) {
  const layers = dense(widths);
  const title = `MLP ${widths.join("-")}`;
  return {
    name,
    title,
    inputShape: [widths[0]],
    model: { kind: "mlp", widths },
    layers,
    ...shared,
  };
}

/** Stages of 3 x 3 convolution with zero padding, ReLU and 2 x 2 max pooling, then an MLP. */
function describeCnn(name, shape) {
  const { imageSize, imageChannels, stageChannels, hiddenWidth, classCount } = shape;
  const stages = stageChannels.flatMap((outputs, index) => [
    {
      kind: "conv",
      size: 3,
      inputs: stageChannels[index - 1] ?? imageChannels,
      outputs,
      padding: "same",
    },
    { kind: "relu" },
    { kind: "maxpool", size: 2 },
  ]);
  const lastSize = imageSize >> stageChannels.length;
  const featureCount = lastSize * lastSize * stageChannels.at(-1);
  const inputShape = [imageSize, imageSize, imageChannels];
  const convolutions = stageChannels.map((channels) => `conv 3x3 ${channels}, ReLU, pool 2x2`);
  return {
    name,
    title: `CNN ${inputShape.join("x")}: ${convolutions.join("; ")}; ${featureCount}-${hiddenWidth}-${classCount}`,
    inputShape,
    model: { kind: "cnn", shape },
    layers: [...stages, { kind: "flatten" }, ...dense([featureCount, hiddenWidth, classCount])],
    ...shared,
  };
}

function dense(widths) {
  return widths.slice(1).flatMap((outputs, index) => {
    const layer = { kind: "dense", inputs: widths[index], outputs };
    return index === 0 ? [layer] : [{ kind: "relu" }, layer];
  });
}

/**
 * Writes `spec.json` and `arrays.bin` (little-endian float32, one array after the other: the
 * parameters in the order of the layers, weight before bias, then all inputs, then all labels).
 * Inputs are standard normal around one random centre per class, so that the loss can fall.
 */
export function writeWorkload(folder, workload, random) {
  const parameters = parameterShapes(workload).map((shape) => firstValues(shape, random));
  const imageSize = product(workload.inputShape);
  const sampleCount = workload.batchSize * workload.batchCount;
  const centres = Float32Array.from(
    { length: workload.classCount * imageSize },
    () => 0.5 * random.normal(),
  );
  const labels = Float32Array.from({ length: sampleCount }, () =>
    random.below(workload.classCount),
  );
  const inputs = new Float32Array(sampleCount * imageSize);
  for (let index = 0; index < inputs.length; index++) {
    const label = labels[Math.floor(index / imageSize)];
    inputs[index] = centres[label * imageSize + (index % imageSize)] + random.normal();
  }
  const arrays = [...parameters, inputs, labels];
  writeFileSync(join(folder, "spec.json"), JSON.stringify(workload));
  writeFileSync(
    join(folder, "arrays.bin"),
    Buffer.concat(arrays.map((values) => Buffer.from(values.buffer))),
  );
}

/** Shapes of the trained arrays, in the order of the layers, weight before bias. */
export function parameterShapes(workload) {
  return workload.layers.flatMap((layer) => {
    if (layer.kind === "dense") return [[layer.inputs, layer.outputs], [layer.outputs]];
    if (layer.kind === "conv") {
      return [[layer.size, layer.size, layer.inputs, layer.outputs], [layer.outputs]];
    }
    return [];
  });
}

export function product(numbers) {
  return numbers.reduce((all, one) => all * one, 1);
}

/** He normal initialization for weights, zero for biases. */
function firstValues(shape, random) {
  if (shape.length === 1) return new Float32Array(shape[0]);
  const scale = Math.sqrt(2 / product(shape.slice(0, -1)));
  return Float32Array.from({ length: product(shape) }, () => scale * random.normal());
}
