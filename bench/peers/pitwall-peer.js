// Pitwall's own trainer as a peer: trains the workload in the folder given as the first argument
// with the build given as the second, by the same functions that train the embedded workloads.
import { join } from "node:path";
import { pathToFileURL } from "node:url";

import { readWorkload, serveRounds } from "./serve-rounds.js";

const [folder, build] = process.argv.slice(2);
const ours = (file) => import(pathToFileURL(join(build, "trainer", file)));
const { adamDefaults, adamState, adamStepInto } = await ours("adam.js");
const { cnn, crossEntropy, mlp } = await ours("models.js");
const { compileLossAndGradients, startTensorBackend } = await ours("tensor-backend.js");

const { workload, parameters: parts, batches } = readWorkload(folder);
const { batchSize, inputShape, model: description, adam } = workload;
const model = description.kind === "mlp" ? mlp(description.widths) : cnn(description.shape);
const parameters = Float32Array.from(parts.flatMap(({ values }) => [...values]));
const gradients = new Float32Array(parameters.length);
const state = adamState(parameters.length);
const optimiser = {
  ...adamDefaults,
  learningRate: () => adam.learningRate,
  beta1: adam.beta1,
  beta2: adam.beta2,
  epsilon: adam.epsilon,
  samplesSeen: 0,
};

await startTensorBackend();
const lossAndGradients = compileLossAndGradients(
  {
    parameters: model.parameters,
    inputs: {
      images: { kind: "float32", shape: [batchSize, ...inputShape] },
      labels: { kind: "int32", shape: [batchSize] },
    },
  },
  (tensors, { images, labels }) => crossEntropy(model.apply(tensors, images), labels),
);

function step(index) {
  const { inputs, labels } = batches[index];
  const loss = lossAndGradients(parameters, { images: inputs, labels }, gradients);
  adamStepInto(parameters, gradients, state, optimiser);
  return () => loss;
}

await serveRounds({
  workload,
  trainer: { description: `Pitwall's trainer, Node.js ${process.version}`, step },
});
