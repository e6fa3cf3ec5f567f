import { beforeAll, describe, expect, test } from "vitest";
import { seededRandom } from "../../foundation/numbers/seeded-random.ts";
import { adamState, adamStepInto } from "../adam.ts";
import { type Communicator, groupMemory, joinGroup, openGate } from "../communicator.ts";
import { buildReplica, evaluateReplica, parameterCountOf, type Replica } from "../replica.ts";
import { compileForward, sizeOf, startTensorBackend } from "../tensor-backend.ts";
import { trainReplica } from "../train-replica.ts";
import type { EmbeddedWorkload } from "../workload.ts";
import { equalsToken, sumLength, tokenCount } from "./addition-sums.ts";
import { nextCharacterLogits, transformerParameters } from "./addition-transformer.ts";
import { addition } from "./addition.ts";
import { burgers } from "./burgers.ts";
import { gridSize } from "./burgers-flows.ts";
import { clicks } from "./clicks.ts";

beforeAll(startTensorBackend);

describe.each([addition, clicks, burgers])("$name", (workload) => {
  test("evaluates after whole steps, and several times before its limit", () => {
    expect(workload.samplesBetweenEvaluations % workload.globalBatchSize).toBe(0);
    expect(workload.maxSamples / workload.samplesBetweenEvaluations).toBeGreaterThan(10);
  });

  test("has gradients that agree with finite differences of its loss", () => {
    const { replica, parameters } = replicaOf(workload, { batchSize: 8, seed: 3 });
    writeTrainingSamples(replica);
    const lossAt = (point: Float32Array, gradients = new Float32Array(point.length)): number =>
      replica.lossAndGradients(point, replica.training.batch, gradients);
    const slopeAlong = (direction: Float32Array, step: number): number => {
      const moved = (by: number) =>
        parameters.map((value, index) => value + by * (direction[index] ?? 0));
      return (lossAt(moved(step)) - lossAt(moved(-step))) / (2 * step);
    };
    const gradients = new Float32Array(parameters.length);
    lossAt(parameters, gradients);

    const random = seededRandom("directions");
    let stop = 0;
    for (const { shape } of Object.values(replica.prepared.parameters)) {
      const start = stop;
      stop += sizeOf(shape);
      const own = gradients.map((value, index) => (index >= start && index < stop ? value : 0));
      const norm = Math.hypot(...own);
      expect(norm).toBeGreaterThan(0);
      // A step that moves the loss by some 0.004: far above the 1e-7 of single precision, and, as
      // the tolerances allow for, along a path that bends by a few per cent.
      const step = Math.min(0.02, 2e-3 / norm);
      const uphill = own.map((value) => value / norm);
      expect(Math.abs(slopeAlong(uphill, step) / norm - 1)).toBeLessThan(0.03);
      // The gradient direction alone would not detect a missing orthogonal component.
      const side = 1 / Math.sqrt(stop - start);
      const mixed = uphill.map((value, index) =>
        index >= start && index < stop ? value + (random.uniform() < 0.5 ? side : -side) : 0,
      );
      const expected = own.reduce((sum, value, index) => sum + value * (mixed[index] ?? 0), 0);
      expect(Math.abs(slopeAlong(mixed, step) - expected)).toBeLessThan(0.05 * norm);
    }
  });
});

describe("addition", () => {
  test("memorizes sixteen sums, with the accuracy of greedy decoding", () => {
    const batchSize = 16;
    const { replica, parameters } = replicaOf(addition, { batchSize, seed: 1 });
    writeTrainingSamples(replica);
    const tokens = Int32Array.from(replica.training.batch["tokens"] ?? []);
    // Evaluates on the training sums.
    const tested = { tokens: new Int32Array(replica.evaluation.batch["tokens"]?.length ?? 0) };
    tested.tokens.set(tokens);
    const decode = greedyDecoder(batchSize);
    const gradients = new Float32Array(parameters.length);
    const state = adamState(parameters.length);
    const shares: number[] = [];
    for (let round = 0; round <= 10; round++) {
      const isRight = [...replica.evaluate(parameters, tested).subarray(0, batchSize)];
      expect(isRight).toEqual(rowsThatAgree(decode(parameters, tokens), tokens));
      shares.push(isRight.reduce((sum, right) => sum + right, 0) / batchSize);
      for (let step = 0; step < 6; step++) {
        replica.lossAndGradients(parameters, replica.training.batch, gradients);
        const options = { ...addition.optimizer, learningRate: () => 3e-3, samplesSeen: 0 };
        adamStepInto(parameters, gradients, state, options);
      }
    }
    expect(shares.at(0)).toBeLessThan(0.2);
    expect(shares.at(-1)).toBe(1);
    expect(shares.some((share) => share > 0 && share < 1)).toBe(true);
  });
});

describe("clicks", () => {
  test("ranks unseen impressions far better than chance after an eighth of its samples", () => {
    const { before, after, metric } = trainFor(clicks, 64 * clicks.globalBatchSize);
    expect(before).toBeGreaterThan(0.4);
    expect(before).toBeLessThan(0.6);
    expect(after).toBeGreaterThan(0.65);
    // The area is computed from the held-out clicks: ranking by these clicks is perfect.
    expect(metric.ofLabels).toBe(1);
  });
});

describe("burgers", () => {
  test("predicts unseen flows with an error below one half after one epoch", () => {
    const { before, after } = trainFor(burgers, 1024);
    expect(before).toBeGreaterThan(0.8);
    expect(after).toBeLessThan(0.5);
  });

  test("has the same error for a rotated flow", () => {
    const { replica, parameters } = replicaOf(burgers, { batchSize: 1, seed: 5 });
    const { samples, batch } = replica.evaluation;
    for (const [turn, sample] of samples.entries()) {
      replica.prepared.writeEvaluationSample(3, sample);
      for (const values of Object.values(sample)) {
        values.set(values.map((_, point) => values[(point + turn) % gridSize] ?? Number.NaN));
      }
    }
    const errors = replica.evaluate(parameters, batch);
    expect(errors[0]).toBeGreaterThan(0.1);
    // Single precision, after sums over 64 points.
    for (const error of errors) expect(Math.abs(error / (errors[0] ?? 0) - 1)).toBeLessThan(1e-4);
  });
});

function replicaOf(
  workload: EmbeddedWorkload,
  { batchSize, seed }: { batchSize: number; seed: number },
): { replica: Replica; parameters: Float32Array; communicator: Communicator; start: () => void } {
  const prepared = workload.prepare({}, seed);
  const memory = groupMemory(1, parameterCountOf(prepared.parameters));
  const communicator = joinGroup(memory, 0);
  const sized = { ...workload, globalBatchSize: batchSize };
  const replica = buildReplica(sized, prepared, { seed, communicator });
  const parameters = communicator.parameters.slice();
  return { replica, parameters, communicator, start: () => openGate(memory) };
}

function writeTrainingSamples({ prepared, training }: Replica): void {
  const random = seededRandom("samples");
  for (const sample of training.samples) {
    prepared.writeTrainingSample(random.below(prepared.trainingSampleCount), random, sample);
  }
}

/** The metric on held-out samples before and after training on that many samples. */
function trainFor(workload: EmbeddedWorkload, maxSamples: number) {
  const sizes = { batchSize: workload.globalBatchSize, seed: 1 };
  const { replica, communicator, start } = replicaOf(workload, sizes);
  const before = evaluateReplica(replica, communicator);
  start();
  let after = Number.NaN;
  const options = { workload, communicator, seed: 1, maxSamples, nowMs: () => 0 };
  for (const event of trainReplica(replica, options)) {
    if (event.kind === "evaluated") after = event.value;
  }
  const [sample] = replica.evaluation.samples;
  const { prepared } = replica;
  const labels = Float32Array.from({ length: prepared.evaluationSampleCount }, (_, index) => {
    if (sample !== undefined) prepared.writeEvaluationSample(index, sample);
    return sample?.["clicked"]?.[0] ?? Number.NaN;
  });
  return { before, after, metric: { ofLabels: prepared.metric(labels) } };
}

/** Greedy decoding: the most probable character is appended before the next is computed. */
function greedyDecoder(batchSize: number) {
  const inputs = { tokens: { kind: "int32", shape: [batchSize, sumLength] } } as const;
  const logitsOf = compileForward({ parameters: transformerParameters, inputs }, (weights, batch) =>
    nextCharacterLogits(weights, batch.tokens),
  );
  const answerStart = 8;
  return (parameters: Float32Array, truth: Int32Array): Int32Array => {
    const tokens = truth.map((token, index) =>
      index % sumLength < answerStart ? token : equalsToken,
    );
    for (let place = answerStart; place < sumLength; place++) {
      const logits = logitsOf(parameters, { tokens });
      for (let row = 0; row < batchSize; row++) {
        const from = (row * sumLength + place - 1) * tokenCount;
        const scores = logits.subarray(from, from + tokenCount);
        tokens[row * sumLength + place] = scores.indexOf(Math.max(...scores));
      }
    }
    return tokens;
  };
}

/** 1 for each sum that is the same in both, else 0. */
function rowsThatAgree(actual: Int32Array, expected: Int32Array): number[] {
  return Array.from({ length: expected.length / sumLength }, (_, row) => {
    const range = [row * sumLength, (row + 1) * sumLength] as const;
    return actual.slice(...range).join() === expected.slice(...range).join() ? 1 : 0;
  });
}
