import { seededRandom } from "../../foundation/numbers/seeded-random.ts";
import { adamDefaults } from "../adam.ts";
import { normal, zeros } from "../models.ts";
import { constant, type Tensor, type TensorsOf } from "../tensor-backend.ts";
import { definePrepared, type EmbeddedWorkload } from "../workload.ts";
import { drawFlow, type Flow, gridSize } from "./burgers-flows.ts";

// A Fourier neural operator: Li et al. 2021, https://arxiv.org/abs/2010.08895.
//
// Shapes: B flows, X = 64 points, C = 24 channels, K = 12 waves, L = 3 layers. Points come first,
// [X, B*C], so that a Fourier transform is one product with a [K, X] matrix without transposition.

const channelCount = 24;
const waveCount = 12;
const layerCount = 3;
const hiddenWidth = 64;
const globalBatchSize = 32;
const trainingFlowCount = 1024;
const heldOutFlowCount = 256;

/** The layers' weights are stacked along a first axis. */
const parameters = {
  lift: normal([1, channelCount], 1),
  liftBias: zeros([channelCount]),
  // A complex C x C matrix for every wave.
  waveMixingRe: normal(
    [layerCount, waveCount, channelCount, channelCount],
    (2 * channelCount) ** -0.5,
  ),
  waveMixingIm: normal(
    [layerCount, waveCount, channelCount, channelCount],
    (2 * channelCount) ** -0.5,
  ),
  pointMixing: normal([layerCount, channelCount, channelCount], channelCount ** -0.5),
  pointBias: zeros([layerCount, channelCount]),
  hidden: normal([channelCount, hiddenWidth], (2 / channelCount) ** 0.5),
  hiddenBias: zeros([hiddenWidth]),
  // Small, so that the initial prediction is close to the input.
  output: normal([hiddenWidth, 1], 0.1 * hiddenWidth ** -0.5),
};
const inputs = {
  before: { kind: "float32", shape: [gridSize] },
  after: { kind: "float32", shape: [gridSize] },
} as const;
type Weights = TensorsOf<typeof parameters>;
type Batch = TensorsOf<typeof inputs>;

/** A network learns to solve Burgers' equation: a small surrogate model. */
export const burgers: EmbeddedWorkload = {
  name: "burgers",
  area: "science",
  title: "Burgers' equation on a circle, by a Fourier neural operator",
  data: {
    description:
      "1,024 random smooth flows and where viscosity 0.01 takes them in half a unit of time, solved exactly by Cole and Hopf's transform on 256 points and shown on 64; 256 further flows are held out",
    source: "generated",
    licence: "none needed: made up",
    files: [],
  },
  target: { metric: "relative_l2_error", direction: "at-most", value: 0.06 },
  globalBatchSize,
  samplesBetweenEvaluations: trainingFlowCount,
  maxSamples: 40 * trainingFlowCount,
  optimizer: { ...adamDefaults, beta2: 0.99, learningRate: learningRateAt },

  prepare() {
    const training = drawFlows("burgers: training flows", trainingFlowCount);
    const heldOut = drawFlows("burgers: held-out flows", heldOutFlowCount);
    return definePrepared({
      parameters,
      inputs,
      trainingSampleCount: training.length,
      evaluationSampleCount: heldOut.length,
      writeTrainingSample: (index, _random, into) => writeFlowInto(into, training[index]),
      writeEvaluationSample: (index, into) => writeFlowInto(into, heldOut[index]),
      loss: (weights, batch) => relativeErrors(weights, batch).mean(),
      evaluate: relativeErrors,
      metric: (errors) => errors.reduce((sum, error) => sum + error, 0) / errors.length,
    });
  },
};

/** Warms up over 20 steps, then falls along a half cosine for 16 epochs to a fiftieth. */
function learningRateAt(samplesSeen: number): number {
  const warmUp = Math.min(1, (samplesSeen + globalBatchSize) / (20 * globalBatchSize));
  const done = Math.min(1, samplesSeen / (16 * trainingFlowCount));
  return 5e-3 * warmUp * (0.02 + 0.49 * (1 + Math.cos(Math.PI * done)));
}

function drawFlows(name: string, count: number): Flow[] {
  const random = seededRandom(name);
  return Array.from({ length: count }, () => drawFlow(random));
}

function writeFlowInto(
  into: { before: Float32Array; after: Float32Array },
  flow: Flow | undefined,
): void {
  if (flow === undefined) throw new RangeError("no such flow");
  into.before.set(flow.before);
  into.after.set(flow.after);
}

/** ‖predicted - true‖ / ‖true‖ of each flow, in the L2 norm over the circle: [B]. */
function relativeErrors(weights: Weights, { before, after }: Batch): Tensor {
  const difference = predictAfter(weights, before).sub(after); // [B, X]
  return difference.square().sum(1).sqrt().div(after.square().sum(1).sqrt());
}

/** [B, X] to [B, X]. */
function predictAfter(weights: Weights, before: Tensor): Tensor {
  const flowCount = before.shape[0] ?? 0;
  const velocity = before.transpose(); // [X, B]
  let field = velocity.reshape([gridSize, flowCount, 1]).mul(weights.lift).add(weights.liftBias); // [X, B, C]
  for (let layer = 0; layer < layerCount; layer++) {
    const throughWaves = mixWaves(weights, layer, field);
    const atPoints = field
      .reshape([gridSize * flowCount, channelCount])
      .matmul(ofLayer(weights.pointMixing, layer))
      .reshape([gridSize, flowCount, channelCount])
      .add(ofLayer(weights.pointBias, layer));
    field = silu(throughWaves.add(atPoints));
  }
  const change = silu(
    field
      .reshape([gridSize * flowCount, channelCount])
      .matmul(weights.hidden)
      .add(weights.hiddenBias),
  )
    .matmul(weights.output)
    .reshape([gridSize, flowCount]);
  return velocity.add(change).transpose();
}

/**
 * Fourier transform, a complex matrix on each of the lowest K waves, and the inverse; drops shorter waves. Commutes
 * with rotating the circle, as the equation does. [X, B, C] to [X, B, C].
 */
function mixWaves(weights: Weights, layer: number, field: Tensor): Tensor {
  const flowCount = field.shape[1] ?? 0;
  const { cosines, sines } = waves(); // [K, X]
  const atPoints = field.reshape([gridSize, flowCount * channelCount]);
  const perWave = [waveCount, flowCount, channelCount];
  const re = cosines.matmul(atPoints).reshape(perWave); // [K, B, C]
  const im = sines.matmul(atPoints).reshape(perWave);

  const mixRe = ofLayer(weights.waveMixingRe, layer); // [K, C, C]
  const mixIm = ofLayer(weights.waveMixingIm, layer);
  const flat = [waveCount, flowCount * channelCount];
  const mixedRe = re.matmul(mixRe).sub(im.matmul(mixIm)).reshape(flat);
  const mixedIm = re.matmul(mixIm).add(im.matmul(mixRe)).reshape(flat);
  return cosines
    .transpose()
    .matmul(mixedRe)
    .add(sines.transpose().matmul(mixedIm))
    .reshape([gridSize, flowCount, channelCount]);
}

/** The lowest K cosines and sines, each of norm one over the grid: [K, X]. */
function waves(): { cosines: Tensor; sines: Tensor } {
  const shape = [waveCount, gridSize];
  const cosines = new Float32Array(waveCount * gridSize);
  const sines = new Float32Array(waveCount * gridSize);
  for (let wave = 0; wave < waveCount; wave++) {
    const norm = Math.sqrt((wave === 0 ? 1 : 2) / gridSize);
    for (let point = 0; point < gridSize; point++) {
      const angle = (2 * Math.PI * wave * point) / gridSize;
      cosines[wave * gridSize + point] = norm * Math.cos(angle);
      sines[wave * gridSize + point] = norm * Math.sin(angle);
    }
  }
  return { cosines: constant(cosines, shape), sines: constant(sines, shape) };
}

/** x · sigmoid(x): Hendrycks and Gimpel 2016, https://arxiv.org/abs/1606.08415; smooth, as flows are. */
function silu(input: Tensor): Tensor {
  return input.mul(input.sigmoid());
}

/** One layer's share of stacked weights. */
function ofLayer(stacked: Tensor, layer: number): Tensor {
  return stacked.slice([[layer, layer + 1]]).reshape(stacked.shape.slice(1));
}
