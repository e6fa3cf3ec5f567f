import { adamDefaults } from "../adam.ts";
import { rocAuc } from "../kernels/roc-auc.ts";
import { heNormal, normal, zeros } from "../models.ts";
import { concatenate, type Tensor, type TensorsOf } from "../tensor-backend.ts";
import { definePrepared, type EmbeddedWorkload } from "../workload.ts";
import {
  categoryCount,
  type ClickLog,
  drawClickLog,
  numberCount,
  valueCount,
} from "./clicks-log.ts";

// A deep learning recommendation model: Naumov et al. 2019, https://arxiv.org/abs/1906.00091.
//
// Every category becomes an embedding, all numbers together become two more vectors of that width,
// and the output depends on the pairwise dot products of these eight vectors. (Two, because one can then
// be constant over all impressions: the product with it is the effect of a value by itself.)
//
// Shapes: B impressions, E = 8 wide, V = 8 vectors.

const embeddingWidth = 8;
const denseVectorCount = 2;
const denseWidth = denseVectorCount * embeddingWidth;
const vectorCount = categoryCount + denseVectorCount;
const bottomWidth = 16;
const topWidth = 32;
const topInputWidth = vectorCount * vectorCount + denseWidth;

const globalBatchSize = 512;
const trainingImpressionCount = 262_144;
const heldOutImpressionCount = 16_384;

const parameters = {
  // One table for all categories. Small and scaled up on use, see `embedded`.
  embedding: normal([valueCount, embeddingWidth], 0.06),
  bottomHidden: heNormal([numberCount, bottomWidth], numberCount),
  bottomHiddenBias: zeros([bottomWidth]),
  bottomOutput: normal([bottomWidth, denseWidth], bottomWidth ** -0.5),
  bottomOutputBias: normal([denseWidth], 0.3),
  topHidden: heNormal([topInputWidth, topWidth], topInputWidth),
  topHiddenBias: zeros([topWidth]),
  topOutput: normal([topWidth, 1], topWidth ** -0.5),
  topOutputBias: zeros([1]),
};
const inputs = {
  values: { kind: "int32", shape: [categoryCount] },
  numbers: { kind: "float32", shape: [numberCount] },
  clicked: { kind: "float32", shape: [] },
} as const;
type Weights = TensorsOf<typeof parameters>;
type Batch = TensorsOf<typeof inputs>;

/** A recommender learns from a click log which advert a viewer will click. */
export const clicks: EmbeddedWorkload = {
  name: "clicks",
  area: "recommendation",
  title: "Clicks on adverts, by embeddings and their pairwise agreement",
  data: {
    description:
      "262,144 impressions of six categories and four numbers, clicks drawn from a hidden model; 16,384 further impressions are held out",
    source: "generated",
    licence: "none needed: made up",
    files: [],
  },
  target: { metric: "roc_auc", direction: "at-least", value: 0.8 },
  globalBatchSize,
  samplesBetweenEvaluations: 64 * globalBatchSize,
  maxSamples: 3 * trainingImpressionCount,
  optimizer: {
    ...adamDefaults,
    beta2: 0.99,
    learningRate: learningRateAt,
  },

  prepare() {
    const training = drawClickLog("training", trainingImpressionCount);
    const heldOut = drawClickLog("held out", heldOutImpressionCount);
    return definePrepared({
      parameters,
      inputs,
      trainingSampleCount: training.count,
      evaluationSampleCount: heldOut.count,
      writeTrainingSample: (index, _random, into) => writeImpressionInto(into, training, index),
      writeEvaluationSample: (index, into) => writeImpressionInto(into, heldOut, index),
      loss: clickCrossEntropy,
      evaluate: clickLogits,
      metric: (logits) => rocAuc(logits, heldOut.clicked),
    });
  },
};

/** Warms up over 20 steps, then falls linearly over two epochs to a tenth. */
function learningRateAt(samplesSeen: number): number {
  const warmUp = Math.min(1, (samplesSeen + globalBatchSize) / (20 * globalBatchSize));
  const left = 1 - samplesSeen / (2 * trainingImpressionCount);
  return 1e-2 * warmUp * Math.max(0.1, left);
}

function writeImpressionInto(
  into: { values: Int32Array; numbers: Float32Array; clicked: Float32Array },
  log: ClickLog,
  index: number,
): void {
  into.values.set(log.values.subarray(index * categoryCount, (index + 1) * categoryCount));
  into.numbers.set(log.numbers.subarray(index * numberCount, (index + 1) * numberCount));
  into.clicked[0] = log.clicked[index] ?? 0;
}

/** Mean of -log p(observed action): log(1 + exp(z)) - clicked · z. */
function clickCrossEntropy(weights: Weights, batch: Batch): Tensor {
  const logits = clickLogits(weights, batch);
  return logits.softplus().sub(logits.mul(batch.clicked)).mean();
}

/** [B] */
function clickLogits(weights: Weights, { values, numbers }: Batch): Tensor {
  const impressionCount = numbers.shape[0] ?? 0;
  const dense = numbers
    .matmul(weights.bottomHidden)
    .add(weights.bottomHiddenBias)
    .relu()
    .matmul(weights.bottomOutput)
    .add(weights.bottomOutputBias); // [B, 2*E]
  const vectors = concatenate(
    [embedded(weights, values), dense.reshape([impressionCount, denseVectorCount, embeddingWidth])],
    1,
  ); // [B, V, E]
  // Both halves of the symmetric [V, V]: cheaper than picking one out.
  const agreement = vectors
    .matmul(vectors.transpose([0, 2, 1]))
    .reshape([impressionCount, vectorCount * vectorCount]);
  return concatenate([agreement, dense], 1)
    .matmul(weights.topHidden)
    .add(weights.topHiddenBias)
    .relu()
    .matmul(weights.topOutput)
    .add(weights.topOutputBias)
    .reshape([impressionCount]);
}

/** int32 [B, 6] to [B, 6, E]. */
function embedded(weights: Weights, values: Tensor): Tensor {
  const impressionCount = values.shape[0] ?? 0;
  // The factor makes Adam steps five times as long for embeddings, because each one is used rarely.
  // It must follow `rows` directly: the gradient of `rows` can scatter what was computed, but not a
  // reshaped view of it.
  return weights.embedding
    .rows(values.reshape([impressionCount * categoryCount]))
    .mul(5)
    .reshape([impressionCount, categoryCount, embeddingWidth]);
}
