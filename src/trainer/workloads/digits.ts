import { adamDefaults } from "../adam.ts";
import { accuracy, cnn, crossEntropy } from "../models.ts";
import { digitsData, digitsPath, readDigits } from "../uci-digits.ts";
import { definePrepared, type EmbeddedWorkload } from "../workload.ts";

const batchSize = 64;
const epochSamples = 22 * batchSize; // 1,437 less the last broken batch

/** Digits by a convolutional network with shifted images: the workload for demonstrations. */
export const digits: EmbeddedWorkload = {
  name: "digits",
  area: "vision",
  title: "Handwritten digits, 8 x 8 pixels, by a small convolutional network",
  data: digitsData,
  target: { metric: "accuracy", direction: "at-least", value: 0.99 },
  globalBatchSize: batchSize,
  samplesBetweenEvaluations: epochSamples,
  maxSamples: 100 * epochSamples,
  optimizer: { ...adamDefaults, learningRate },

  prepare(files) {
    const { training, heldOut } = readDigits(files[digitsPath] ?? "");
    const model = cnn({
      imageSize: 8, // [batch, 8, 8, 1]
      imageChannels: 1,
      stageChannels: [32, 64], // -> [batch, 4, 4, 32] -> [batch, 2, 2, 64]
      hiddenWidth: 128, // [batch, 256] -> [batch, 128]
      classCount: 10, // -> [batch, 10]
    }); // 53,002 parameters
    return definePrepared({
      parameters: model.parameters,
      inputs: {
        image: { kind: "float32", shape: [8, 8, 1] },
        label: { kind: "int32", shape: [] },
      } as const,
      trainingSampleCount: training.length,
      evaluationSampleCount: heldOut.length,

      writeTrainingSample(index, random, into) {
        const digit = training[index];
        if (digit === undefined) throw new RangeError(`no training sample ${index}`);
        // Half of the time as it is, else moved by up to a pixel.
        if (random.below(2) === 0) into.image.set(digit.pixels);
        else writeShifted(digit.pixels, random.below(3) - 1, random.below(3) - 1, into.image);
        into.label[0] = digit.label;
      },
      writeEvaluationSample(index, into) {
        const digit = heldOut[index];
        if (digit === undefined) throw new RangeError(`no held-out sample ${index}`);
        into.image.set(digit.pixels);
        into.label[0] = digit.label;
      },

      loss: (parameters, { image, label }) => crossEntropy(model.apply(parameters, image), label),
      evaluate: (parameters, { image }) => model.apply(parameters, image).argmax(-1).toFloat(), // [batch]
      metric: (predictions) =>
        accuracy(
          predictions,
          heldOut.map(({ label }) => label),
        ),
    });
  },
};

/** Cosine cycles of 25 epochs from 4e-3 down to 1e-4: quality is best at the end of each cycle. */
function learningRate(samplesSeen: number): number {
  const cycle = 25 * epochSamples;
  const fraction = (samplesSeen % cycle) / cycle;
  return 1e-4 + 3.9e-3 * (0.5 + 0.5 * Math.cos(Math.PI * fraction));
}

/** The image shifted by whole pixels, with zeros at the edge. */
function writeShifted(pixels: Float32Array, down: number, right: number, into: Float32Array): void {
  for (let row = 0; row < 8; row++) {
    for (let column = 0; column < 8; column++) {
      const [fromRow, fromColumn] = [row - down, column - right];
      const isInside = fromRow >= 0 && fromRow < 8 && fromColumn >= 0 && fromColumn < 8;
      into[8 * row + column] = isInside ? (pixels[8 * fromRow + fromColumn] ?? 0) : 0;
    }
  }
}
