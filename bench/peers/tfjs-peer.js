// TensorFlow.js as a peer: trains the workload in the folder given as the first argument on the
// backend given as the second (`wasm` or `cpu`).
import * as tf from "@tensorflow/tfjs-core";
import "@tensorflow/tfjs-backend-cpu";
import "@tensorflow/tfjs-backend-wasm";
// Imported only for the gradients that it registers: the core's Node.js build omits them.
import "@tensorflow/tfjs-layers";

import { readWorkload, serveRounds } from "./serve-rounds.js";

const [folder, backend] = process.argv.slice(2);
// A backend without a kernel must fail instead of falling back silently; debug checks are off.
tf.env().set("PROD", true);
if (!(await tf.setBackend(backend))) throw new Error(`TensorFlow.js has no backend ${backend}`);
await tf.ready();

const { workload, parameters, batches } = readWorkload(folder);
const variables = parameters.map(({ shape, values }) => tf.variable(tf.tensor(values, shape)));
const inputs = batches.map((batch) =>
  tf.tensor(batch.inputs, [workload.batchSize, ...workload.inputShape]),
);
const labels = batches.map((batch) =>
  tf.tidy(() =>
    tf.cast(tf.oneHot(tf.tensor1d(batch.labels, "int32"), workload.classCount), "float32"),
  ),
);
const { learningRate, beta1, beta2, epsilon } = workload.adam;
const optimizer = tf.train.adam(learningRate, beta1, beta2, epsilon);

function forward(input) {
  let at = 0;
  let value = input;
  for (const layer of workload.layers) {
    switch (layer.kind) {
      case "dense":
        value = tf.add(tf.matMul(value, variables[at]), variables[at + 1]);
        at += 2;
        break;
      case "conv":
        value = tf.add(tf.conv2d(value, variables[at], 1, layer.padding), variables[at + 1]);
        at += 2;
        break;
      case "relu":
        value = tf.relu(value);
        break;
      case "maxpool":
        value = tf.maxPool(value, layer.size, layer.size, "valid");
        break;
      case "flatten":
        value = tf.reshape(value, [workload.batchSize, -1]);
        break;
      default:
        throw new Error(`no layer kind ${layer.kind}`);
    }
  }
  return value;
}

function meanCrossEntropy(logits, oneHot) {
  const perSample = tf.sum(tf.mul(oneHot, tf.logSoftmax(logits)), 1);
  return tf.neg(tf.mean(perSample));
}

let lastLoss;
function step(index) {
  lastLoss?.dispose();
  lastLoss = optimizer.minimize(
    () => meanCrossEntropy(forward(inputs[index]), labels[index]),
    true,
    variables,
  );
  return async () => (await lastLoss.data())[0];
}

const description = `TensorFlow.js ${tf.version_core}, ${tf.engine().backendName} backend`;
await serveRounds({ workload, trainer: { description, step } });
