import fc from "fast-check";
import { describe, expect, test } from "vitest";
import type { FinishedTraining, ProgressMark } from "../../schema/plan/finished-training.ts";
import type { StepPrediction } from "../../schema/plan/step-prediction.ts";
import { explainGap, type PredictedTraining } from "./explain-gap.ts";
import { measureTraining } from "./measure-training.ts";
import { sharesOfStep } from "./shares-of-step.ts";

const startMs = Date.UTC(2026, 0, 1);

/** A training with an evaluation of `evaluationMs` after each block of `blockSteps` steps. */
function training(blocks: {
  stepMs: readonly number[];
  blockSteps: number;
  evaluationMs: number;
  tailMs?: number;
}): FinishedTraining {
  const marks: ProgressMark[] = [];
  const evaluations: { fromMs: number; toMs: number }[] = [];
  let nowMs = startMs;
  for (const [index, stepMs] of blocks.stepMs.entries()) {
    nowMs += stepMs * blocks.blockSteps;
    marks.push({ timeMs: nowMs, amount: (index + 1) * blocks.blockSteps * 8 });
    evaluations.push({ fromMs: nowMs, toMs: nowMs + blocks.evaluationMs });
    nowMs += blocks.evaluationMs;
  }
  return {
    name: "train.log",
    benchmark: undefined,
    submitter: undefined,
    platform: undefined,
    acceleratorText: undefined,
    modelText: undefined,
    sizes: {},
    stated: {},
    outcome: "reached",
    initStartMs: startMs - 60_000,
    startMs,
    endMs: nowMs + (blocks.tailMs ?? 0),
    hasTimes: true,
    marks,
    progressUnit: "samples",
    samplesPerEpoch: undefined,
    evaluations,
    checkpoints: [],
    printedStepMs: [],
    printedTokensPerSecond: [],
    restartCount: 0,
    ranks: [],
    rankSpreadMs: undefined,
    usdPerHour: undefined,
    measuredKwh: undefined,
  };
}

const scale = { samplesPerUnit: 1, globalBatch: 8 };

const breakdown = {
  gemm: 50,
  attention: 10,
  elementwise: 5,
  tensorParallel: 8,
  contextParallel: 0,
  expertParallel: 0,
  pipelineTransfer: 1,
  bubble: 6,
  dataParallel: 7,
  optimizer: 4,
  offload: 0,
  host: 3,
  stragglers: 6,
};

const step: StepPrediction = {
  kind: "predicted",
  stepTimeMs: 100,
  intervalMs: { low: 90, high: 115, level: 0.8 },
  samplesPerSecondPerAccelerator: 1,
  modelFlopPerSecondPerAccelerator: 1,
  modelFlopPerSecondPerAcceleratorFullAttention: 1,
  mfu: 0.4,
  mfuFullAttention: 0.4,
  hfu: 0.4,
  memoryBytes: 1,
  memoryBytesPerAccelerator: {
    weights: 1,
    gradients: 0,
    optimizer: 0,
    activations: 0,
    buffers: 0,
    reserve: 0,
  },
  fits: true,
  breakdown,
  assumed: {},
};

function predicted(steps: number): PredictedTraining {
  return {
    initMs: 120_000,
    step,
    includesEvaluation: false,
    steps,
    stepsText: "the reference needs",
    evaluationMs: 0.02 * steps * step.stepTimeMs,
    trainMs: 1.02 * steps * step.stepTimeMs,
  };
}

describe("the time of a training", () => {
  test("is measured from its marks, without evaluations", () => {
    const measured = measureTraining(
      training({
        stepMs: [200, 100, 100, 100, 130],
        blockSteps: 10,
        evaluationMs: 500,
        tailMs: 40,
      }),
      scale,
    );
    expect(measured).toMatchObject({
      initMs: 60_000,
      steps: 50,
      samples: 400,
      evaluationCount: 5,
      evaluationMs: 2500,
      step: { typicalMs: 100, firstStepsMs: 1000, slowStepsMs: 300, tailMs: 40 },
    });
  });

  test("counts from the first mark where a training continues an earlier one", () => {
    const one = training({ stepMs: [100, 100, 100, 100, 100], blockSteps: 10, evaluationMs: 0 });
    const continued = {
      ...one,
      marks: one.marks.map(({ timeMs, amount }) => ({ timeMs, amount: amount + 8000 })),
    };
    expect(measureTraining(continued, scale)).toMatchObject({
      steps: 40,
      step: { typicalMs: 100 },
    });
  });
});

test("the time of a step is the mean where all marks come after the training", () => {
  const one = training({ stepMs: [100, 100, 100, 100], blockSteps: 10, evaluationMs: 0 });
  const marks = one.marks.map(({ amount }, index) => ({
    timeMs: startMs + 3990 + index,
    amount: amount - 60,
  }));
  expect(measureTraining({ ...one, marks }, scale).step).toMatchObject({
    typicalMs: expect.closeTo(3993 / 32.5, 3),
    firstStepsMs: 0,
  });
});

describe("the difference from a prediction", () => {
  test("is divided into parts that add up to it", () => {
    const stepMs = fc.array(fc.double({ min: 1, max: 1e4, noNaN: true }), {
      minLength: 1,
      maxLength: 20,
    });
    fc.assert(
      fc.property(
        stepMs,
        fc.integer({ min: 1, max: 50 }),
        fc.double({ min: 0, max: 1e5, noNaN: true }),
        fc.integer({ min: 1, max: 2000 }),
        (steps, blockSteps, evaluationMs, predictedSteps) => {
          const one = training({ stepMs: steps, blockSteps, evaluationMs, tailMs: 17 });
          const measured = measureTraining(one, scale);
          const { parts, totalMs } = explainGap(one, measured, predicted(predictedSteps));
          const sum = parts.reduce((total, { gapMs }) => total + gapMs, 0);
          expect(sum).toBeCloseTo(totalMs, 3);
          const rest = parts.find(({ part }) => part === "not-explained")?.gapMs ?? 0;
          expect(Math.abs(rest)).toBeLessThan(1e-6 * (one.endMs - one.startMs) + 1);
        },
      ),
    );
  });

  test("names more samples, slower steps and the wait for data where ranks report it", () => {
    const one = {
      ...training({ stepMs: [150, 150, 150], blockSteps: 100, evaluationMs: 0 }),
      ranks: [0, 1].map((rank) => ({
        rank,
        stepCount: 300,
        computeMs: 80,
        communicationMs: 30,
        dataWaitMs: 40,
      })),
      rankSpreadMs: 10,
    };
    const { parts } = explainGap(one, measureTraining(one, scale), predicted(250));
    const gaps = Object.fromEntries(parts.map(({ part, gapMs }) => [part, Math.round(gapMs)]));
    expect(gaps).toMatchObject({
      samples: 5000,
      data: 12_000,
      // 20 of the 30 ms are communication, against 22 predicted; 10 are the slowest rank, against 6.
      communication: -600,
      stragglers: 1200,
      compute: 2400,
    });
  });
});

test("the shares of a predicted step add up to it, recomputation included", () => {
  const plain = { ...step, stepTimeMs: 85 };
  const shares = sharesOfStep(step, plain);
  expect(shares.reduce((sum, { ms }) => sum + ms, 0)).toBeCloseTo(step.stepTimeMs, 9);
  expect(shares.find(({ part }) => part === "recomputation")?.ms).toBe(15);
});
