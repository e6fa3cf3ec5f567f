import { normal, zeros } from "../models.ts";
import { constant, type Tensor, type TensorsOf } from "../tensor-backend.ts";
import { sumLength, tokenCount } from "./addition-sums.ts";

// A small decoder-only transformer.
//
// Shapes: B sums, T = 12 characters, W = 32 wide, H = 4 heads of D = 8. Activations are kept as
// [B*T, W], so that every layer is one matrix product.
//
// Vaswani et al. 2017, https://arxiv.org/abs/1706.03762, with two later changes: normalization is
// before each layer (Xiong et al. 2020, https://arxiv.org/abs/2002.04745) and is by the root mean
// square alone (Zhang and Sennrich 2019, https://arxiv.org/abs/1910.07467), here without a gain.

const width = 32;
const headCount = 4;
const headWidth = width / headCount;
const hiddenWidth = 128;
const blockCount = 2;

// Each block adds twice to the residual stream; this keeps the stream's variance near one.
const residualScale = 1 / Math.sqrt(2 * blockCount);
const projections = [blockCount, headCount, width, headWidth];

/** The blocks' weights are stacked along a first axis. */
export const transformerParameters = {
  tokenEmbedding: normal([tokenCount, width], Math.SQRT1_2),
  positionEmbedding: normal([sumLength, width], Math.SQRT1_2),
  query: normal(projections, width ** -0.5),
  key: normal(projections, width ** -0.5),
  value: normal(projections, width ** -0.5),
  attentionOutput: normal([blockCount, width, width], residualScale * width ** -0.5),
  hidden: normal([blockCount, width, hiddenWidth], (2 / width) ** 0.5),
  hiddenBias: zeros([blockCount, hiddenWidth]),
  hiddenOutput: normal([blockCount, hiddenWidth, width], residualScale * hiddenWidth ** -0.5),
  // Small, so that training starts from near-uniform guesses.
  unembedding: normal([width, tokenCount], 0.5 * width ** -0.5),
};
type Weights = TensorsOf<typeof transformerParameters>;

/**
 * Predicts the next character after each character.
 *
 * @param tokens int32 [B, T]
 * @returns logits of the 12 characters, [B, T, 12]; the logits at a position depend only on characters up to it
 */
export function nextCharacterLogits(weights: Weights, tokens: Tensor): Tensor {
  const batch = tokens.shape[0] ?? 0;
  let stream = tokens
    .oneHot(tokenCount)
    .toFloat()
    .reshape([batch * sumLength, tokenCount])
    .matmul(weights.tokenEmbedding) // [B*T, W]
    .reshape([batch, sumLength, width])
    .add(weights.positionEmbedding)
    .reshape([batch * sumLength, width]);
  for (let block = 0; block < blockCount; block++) {
    stream = stream.add(attention(weights, block, normalised(stream)));
    stream = stream.add(perceptron(weights, block, normalised(stream)));
  }
  return normalised(stream).matmul(weights.unembedding).reshape([batch, sumLength, tokenCount]);
}

/** Causal attention: every character attends to itself and to earlier ones. [B*T, W] to [B*T, W]. */
function attention(weights: Weights, block: number, input: Tensor): Tensor {
  const rows = input.shape[0] ?? 0;
  const batch = rows / sumLength;
  const forHeads = (projection: Tensor): Tensor =>
    input
      .reshape([1, rows, width])
      .matmul(ofBlock(projection, block)) // [H, B*T, D]
      .reshape([headCount, batch, sumLength, headWidth]);
  const query = forHeads(weights.query);
  const key = forHeads(weights.key);
  const value = forHeads(weights.value);

  const affinity = query
    .matmul(key.transpose([0, 1, 3, 2])) // [H, B, T, T]
    .mul(headWidth ** -0.5)
    .add(causalMask());
  return affinity
    .softmax(-1)
    .matmul(value) // [H, B, T, D]
    .transpose([1, 2, 0, 3])
    .reshape([rows, width])
    .matmul(ofBlock(weights.attentionOutput, block));
}

/** Feed-forward layer, applied to each character separately. [B*T, W] to [B*T, W]. */
function perceptron(weights: Weights, block: number, input: Tensor): Tensor {
  return input
    .matmul(ofBlock(weights.hidden, block))
    .add(ofBlock(weights.hiddenBias, block)) // [B*T, hidden]
    .relu()
    .matmul(ofBlock(weights.hiddenOutput, block));
}

/** Each row divided by its root mean square. */
function normalised(stream: Tensor): Tensor {
  // The mean as a product with 1/W, 1/W, …: its gradient is three times as fast as a reduction's.
  const average = constant(new Float32Array(width).fill(1 / width), [width, 1]);
  return stream.div(stream.square().matmul(average).add(1e-5).sqrt());
}

/** [T, T]: 0 where column <= row, far below every affinity elsewhere, so that softmax gives 0. */
function causalMask(): Tensor {
  const mask = new Float32Array(sumLength * sumLength);
  for (let row = 0; row < sumLength; row++) {
    mask.fill(-1e9, row * sumLength + row + 1, (row + 1) * sumLength);
  }
  return constant(mask, [sumLength, sumLength]);
}

/** One block's share of stacked weights. */
function ofBlock(stacked: Tensor, block: number): Tensor {
  return stacked.slice([[block, block + 1]]).reshape(stacked.shape.slice(1));
}
