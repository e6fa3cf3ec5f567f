import { readFileSync } from "node:fs";
import { gunzipSync } from "node:zlib";
import { beforeAll, describe, expect, test } from "vitest";
import { seededRandom } from "../../src/foundation/numbers/seeded-random.ts";
import { adamState, adamStepInto } from "../../src/trainer/adam.ts";
import { initialParameters } from "../../src/trainer/replica.ts";
import {
  compileLossAndGradients,
  sizeOf,
  startTensorBackend,
  type HostArray,
  type TensorSpecs,
} from "../../src/trainer/tensor-backend.ts";
import { addition } from "../../src/trainer/workloads/addition.ts";
import { digits } from "../../src/trainer/workloads/digits.ts";
import type { EmbeddedWorkload, PreparedWorkload } from "../../src/trainer/workload.ts";
import { hasTorch, trainInTorch, type StepRecord, type StepTask } from "./torch-steps.ts";

const stepCount = 5;
const batchSize = 64;

// Both sides round to float32 (6e-8) after every operation and add up to 4,096 terms in different
// orders, so sums differ by up to 64 roundings. What was seen is 1e-6 and less.
const lossTolerance = 5e-6;
const gradientTolerance = 5e-6;
// Adam divides a gradient by its own size, so where a gradient is no larger than Adam's epsilon
// (1e-8), rounding moves the parameter by a share of the learning rate. Seen: 0.6 % of it at the
// worst parameter, 3e-5 of the way moved over all of them.
const worstParameterTolerance = 0.02;
const allParametersTolerance = 1e-4;

beforeAll(startTensorBackend);

describe.each([digits, addition])("the first steps of $name", (workload) => {
  const missing = hasTorch ? "" : " (skipped: no Python here imports PyTorch)";
  test.skipIf(!hasTorch)(`have PyTorch's losses, gradients and parameters${missing}`, () => {
    const prepared = workload.prepare(filesOf(workload), 1);
    const task = taskOf(workload, prepared);
    const theirs = trainInTorch(task);
    for (const [step, ours] of trainHere(task, prepared).entries()) {
      const at = `step ${step + 1}`;
      const { loss, gradients, parameters } = recordOf(theirs, step);
      const learningRate = task.optimizer.learningRate(step * batchSize);
      const moved = distance(parameters, task.firstParameters);
      expect(Math.abs(ours.loss / loss - 1), `${at}, loss`).toBeLessThan(lossTolerance);
      expect(
        distance(ours.gradients, gradients) /
          distance(gradients, new Float32Array(gradients.length)),
        `${at}, gradients`,
      ).toBeLessThan(gradientTolerance);
      expect(distance(ours.parameters, parameters) / moved, `${at}, all parameters`).toBeLessThan(
        allParametersTolerance,
      );
      expect(
        largestDifference(ours.parameters, parameters) / learningRate,
        `${at}, worst parameter`,
      ).toBeLessThan(worstParameterTolerance);
    }
  });
});

function recordOf(records: readonly StepRecord[], step: number): StepRecord {
  const record = records[step];
  if (record === undefined) throw new RangeError(`no step ${step}`);
  return record;
}

/** Euclidean; NaN in either gives NaN, which no tolerance accepts. */
function distance(left: Float32Array, right: Float32Array): number {
  return Math.sqrt(
    left.reduce((sum, value, index) => sum + (value - (right[index] ?? NaN)) ** 2, 0),
  );
}

function largestDifference(left: Float32Array, right: Float32Array): number {
  return left.reduce(
    (largest, value, index) => Math.max(largest, Math.abs(value - (right[index] ?? NaN))),
    0,
  );
}

function filesOf(workload: EmbeddedWorkload): Record<string, string> {
  return Object.fromEntries(
    workload.data.files.map(({ path }) => {
      const bytes = readFileSync(new URL(`../../data/${path}`, import.meta.url));
      return [path, (path.endsWith(".gz") ? gunzipSync(bytes) : bytes).toString("utf8")];
    }),
  );
}

function taskOf(workload: EmbeddedWorkload, prepared: PreparedWorkload): StepTask {
  const random = seededRandom("tests/torch");
  const batches = Array.from({ length: stepCount }, (_, step) => {
    const batch = emptyBatch(prepared.inputs);
    for (let position = 0; position < batchSize; position++) {
      const index = random.below(prepared.trainingSampleCount);
      const sample = sampleOf(batch, prepared.inputs, position);
      prepared.writeTrainingSample(index, random.fork(`${step}/${position}`), sample);
    }
    return batch;
  });
  return {
    workload: workload.name,
    parameterSpecs: prepared.parameters,
    inputSpecs: prepared.inputs,
    batchSize,
    optimizer: workload.optimizer,
    firstParameters: initialParameters(prepared.parameters, 1),
    batches,
  };
}

function trainHere(task: StepTask, prepared: PreparedWorkload): StepRecord[] {
  const { parameterSpecs, inputSpecs, optimizer } = task;
  const lossAndGradients = compileLossAndGradients(
    { parameters: parameterSpecs, inputs: withBatch(inputSpecs) },
    (parameters, inputs) => prepared.loss(parameters, inputs),
  );
  const parameters = task.firstParameters.slice();
  const state = adamState(parameters.length);
  return task.batches.map((batch, step) => {
    const gradients = new Float32Array(parameters.length);
    const loss = lossAndGradients(parameters, batch, gradients);
    adamStepInto(parameters, gradients, state, { ...optimizer, samplesSeen: step * batchSize });
    return { loss, gradients, parameters: parameters.slice() };
  });
}

function withBatch(specs: TensorSpecs): TensorSpecs {
  return Object.fromEntries(
    Object.entries(specs).map(([name, { kind, shape }]) => [
      name,
      { kind, shape: [batchSize, ...shape] },
    ]),
  );
}

function emptyBatch(specs: TensorSpecs): Record<string, HostArray> {
  return Object.fromEntries(
    Object.entries(specs).map(([name, { kind, shape }]) => {
      const size = batchSize * sizeOf(shape);
      return [name, kind === "int32" ? new Int32Array(size) : new Float32Array(size)];
    }),
  );
}

function sampleOf(
  batch: Readonly<Record<string, HostArray>>,
  specs: TensorSpecs,
  position: number,
): Record<string, HostArray> {
  return Object.fromEntries(
    Object.entries(batch).map(([name, values]) => {
      const size = sizeOf(specs[name]?.shape ?? []);
      return [name, values.subarray(position * size, (position + 1) * size)];
    }),
  );
}
