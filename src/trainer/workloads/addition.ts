import { adamDefaults } from "../adam.ts";
import { definePrepared, type EmbeddedWorkload } from "../workload.ts";
import type { Tensor, TensorsOf } from "../tensor-backend.ts";
import { answerLength, splitSums, sumLength, tokenCount, writeSumInto } from "./addition-sums.ts";
import { nextCharacterLogits, transformerParameters } from "./addition-transformer.ts";

const globalBatchSize = 64;

const inputs = { tokens: { kind: "int32", shape: [sumLength] } } as const;
type Weights = TensorsOf<typeof transformerParameters>;
type Batch = TensorsOf<typeof inputs>;

/** A transformer learns to add three-digit numbers, from text alone. */
export const addition: EmbeddedWorkload = {
  name: "addition",
  area: "language",
  title: "a small transformer learns to add three-digit numbers",
  data: {
    description:
      "all 1,000,000 sums of two numbers below 1,000 as text; 1,000 of them, and their mirror images, are held out",
    source: "generated",
    licence: "none needed: arithmetic",
    files: [],
  },
  target: { metric: "exact_match", direction: "at-least", value: 0.99 },
  globalBatchSize,
  samplesBetweenEvaluations: 50 * globalBatchSize,
  maxSamples: 4000 * globalBatchSize,
  optimizer: {
    ...adamDefaults,
    beta2: 0.99,
    learningRate: learningRateAt,
  },
  prepare: () => {
    const { training, heldOut } = splitSums();
    return definePrepared({
      parameters: transformerParameters,
      inputs,
      trainingSampleCount: training.length,
      evaluationSampleCount: heldOut.length,
      writeTrainingSample: (index, _random, into) => {
        writeSumInto(into.tokens, training[index] ?? 0);
      },
      writeEvaluationSample: (index, into) => {
        writeSumInto(into.tokens, heldOut[index] ?? 0);
      },
      loss: answerCrossEntropy,
      evaluate: isAnsweredExactly,
      metric: (outputs) => outputs.reduce((sum, isRight) => sum + isRight, 0) / outputs.length,
    });
  },
};

/** Warms up over 50 steps, then falls linearly over 2,000 steps to a tenth. */
function learningRateAt(samplesSeen: number): number {
  const step = samplesSeen / globalBatchSize;
  return 5e-3 * Math.min(1, (step + 1) / 50) * Math.max(0.1, 1 - step / 2000);
}

/** Mean cross-entropy, in nats, over the digits of the correct answers. */
function answerCrossEntropy(weights: Weights, { tokens }: Batch): Tensor {
  const isRightDigit = answersOf(tokens).oneHot(tokenCount).toFloat();
  return answerLogits(weights, tokens).logSoftmax(-1).mul(isRightDigit).sum(-1).mean().neg();
}

/**
 * 1 where greedy decoding gives the correct answer, else 0; [B].
 *
 * One pass over the whole sum is enough: greedy decoding gives the correct answer exactly if,
 * after each correct prefix, the most likely next digit is the correct one.
 */
function isAnsweredExactly(weights: Weights, { tokens }: Batch): Tensor {
  const guesses = answerLogits(weights, tokens).argmax(-1); // [B, 4]
  const rightDigits = guesses.equal(answersOf(tokens)).toFloat().sum(-1);
  return rightDigits.equal(answerLength).toFloat();
}

/** Logits of the answer's digits, [B, 4, 12]: each is expected after the character before it. */
function answerLogits(weights: Weights, tokens: Tensor): Tensor {
  const logits = nextCharacterLogits(weights, tokens);
  return logits.slice([[], [sumLength - 1 - answerLength, sumLength - 1]]);
}

function answersOf(tokens: Tensor): Tensor {
  return tokens.slice([[], [sumLength - answerLength, sumLength]]);
}
