import { adamDefaults } from "../adam.ts";
import { accuracy, crossEntropy, mlp } from "../models.ts";
import { digitsData, digitsPath, readDigits } from "../uci-digits.ts";
import { definePrepared, type EmbeddedWorkload } from "../workload.ts";

/** Digits by a multilayer perceptron: takes under a second; for smoke tests and demos. */
export const digitsMlp: EmbeddedWorkload = {
  name: "digits-mlp",
  area: "vision",
  title: "Handwritten digits, 8 x 8 pixels, by a small multilayer perceptron",
  data: digitsData,
  target: { metric: "accuracy", direction: "at-least", value: 0.97 },
  globalBatchSize: 64,
  samplesBetweenEvaluations: 64 * 22, // an epoch: 1,437 samples less the last broken batch
  maxSamples: 64 * 22 * 100,
  optimizer: { ...adamDefaults, learningRate: () => 2e-3 },

  prepare(files) {
    const { training, heldOut } = readDigits(files[digitsPath] ?? "");
    const model = mlp([64, 128, 10]); // 9,610 parameters
    return definePrepared({
      parameters: model.parameters,
      inputs: {
        pixels: { kind: "float32", shape: [64] },
        label: { kind: "int32", shape: [] },
      } as const,
      trainingSampleCount: training.length,
      evaluationSampleCount: heldOut.length,

      writeTrainingSample(index, _random, into) {
        const digit = training[index];
        if (digit === undefined) throw new RangeError(`no training sample ${index}`);
        into.pixels.set(digit.pixels);
        into.label[0] = digit.label;
      },
      writeEvaluationSample(index, into) {
        const digit = heldOut[index];
        if (digit === undefined) throw new RangeError(`no held-out sample ${index}`);
        into.pixels.set(digit.pixels);
        into.label[0] = digit.label;
      },

      loss(parameters, { pixels, label }) {
        const logits = model.apply(parameters, pixels); // [batch, 64] -> [batch, 10]
        return crossEntropy(logits, label);
      },
      evaluate(parameters, { pixels }) {
        return model.apply(parameters, pixels).argmax(-1).toFloat(); // [batch]
      },
      metric: (predictions) =>
        accuracy(
          predictions,
          heldOut.map(({ label }) => label),
        ),
    });
  },
};
