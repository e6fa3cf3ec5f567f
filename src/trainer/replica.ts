import { seededRandom } from "../foundation/numbers/seeded-random.ts";
import type { Communicator } from "./communicator.ts";
import {
  compileForward,
  compileLossAndGradients,
  type HostArray,
  type LossAndGradients,
  sizeOf,
  type Forward,
  type TensorSpecs,
} from "./tensor-backend.ts";
import type { EmbeddedWorkload, ParameterSpecs, PreparedWorkload } from "./workload.ts";

type HostArrays = Readonly<Record<string, HostArray>>;

/** Typed arrays for a whole batch, and for each of its samples a view of its part. */
interface BatchBuffer {
  readonly batch: HostArrays;
  readonly samples: readonly HostArrays[];
}

/** One replica's compiled model and its buffers. */
export interface Replica {
  readonly prepared: PreparedWorkload;
  /** Samples of a step that are this rank's: positions start..stop of the global batch. */
  readonly share: { readonly start: number; readonly stop: number };
  readonly training: BatchBuffer;
  /** Held-out samples that are this rank's to evaluate, by position start..stop. */
  readonly evaluationShare: { readonly start: number; readonly stop: number };
  readonly evaluation: BatchBuffer;
  /** Gradients of this rank's share of the mean loss over the global batch. */
  readonly lossAndGradients: LossAndGradients<TensorSpecs>;
  readonly evaluate: Forward<TensorSpecs>;
}

/** Warm-up runs of the compiled functions on synthetic data before the clock starts. */
const warmUpCount = 2;
const evaluationBatchSize = 128;

/**
 * Compiles a workload for one rank, warms it up on synthetic data, and writes the initial parameters.
 *
 * @throws RangeError if there are more workers than samples in a batch
 */
export function buildReplica(
  workload: EmbeddedWorkload,
  prepared: PreparedWorkload,
  { seed, communicator }: { readonly seed: number; readonly communicator: Communicator },
): Replica {
  const { rank, size } = communicator;
  const { globalBatchSize } = workload;
  if (size > globalBatchSize) {
    throw new RangeError(`${size} workers cannot share a batch of ${globalBatchSize} samples`);
  }
  const share = shareOf(globalBatchSize, rank, size);
  const localBatchSize = share.stop - share.start;
  const training = batchBuffer(prepared.inputs, localBatchSize);
  const evaluationShare = evaluationShareOf(prepared.evaluationSampleCount, rank, size);
  const evaluation = batchBuffer(
    prepared.inputs,
    Math.min(evaluationBatchSize, evaluationShare.paddedCount),
  );
  const replica: Replica = {
    prepared,
    share,
    training,
    evaluationShare,
    evaluation,
    lossAndGradients: compileLossAndGradients(
      { parameters: prepared.parameters, inputs: batched(prepared.inputs, localBatchSize) },
      (parameters, inputs) => {
        const loss = prepared.loss(parameters, inputs);
        return size === 1 ? loss : loss.mul(localBatchSize / globalBatchSize);
      },
    ),
    evaluate: compileForward(
      {
        parameters: prepared.parameters,
        inputs: batched(prepared.inputs, evaluation.samples.length),
      },
      (parameters, inputs) => prepared.evaluate(parameters, inputs),
    ),
  };
  warmUp(replica, communicator);
  if (rank === 0) communicator.parameters.set(initialParameters(prepared.parameters, seed));
  return replica;
}

/** The initial parameters for a seed, concatenated in the order of their specs. */
export function initialParameters(specs: ParameterSpecs, seed: number): Float32Array {
  const values = new Float32Array(parameterCountOf(specs));
  const random = seededRandom(seed).fork("parameters");
  let offset = 0;
  for (const [name, { shape, initialise }] of Object.entries(specs)) {
    const size = sizeOf(shape);
    initialise(values.subarray(offset, offset + size), random.fork(name));
    offset += size;
  }
  return values;
}

export function parameterCountOf(specs: ParameterSpecs): number {
  return Object.values(specs).reduce((sum, { shape }) => sum + sizeOf(shape), 0);
}

/** The metric over all held-out samples; each rank computes its share, and all get the result. */
export function evaluateReplica(replica: Replica, communicator: Communicator): number {
  const { prepared, evaluation, evaluationShare } = replica;
  const count = prepared.evaluationSampleCount;
  const batchSize = evaluation.samples.length;
  const perRank = Math.ceil(count / communicator.size);
  let outputs: Float32Array | undefined;
  let width = 0;
  for (let done = 0; done < perRank; done += batchSize) {
    for (const [position, sample] of evaluation.samples.entries()) {
      // Past the end of the share the last sample is repeated, and its output cut off below.
      const index = Math.min(evaluationShare.start + done + position, count - 1);
      prepared.writeEvaluationSample(index, sample);
    }
    const result = replica.evaluate(communicator.parameters, evaluation.batch);
    width = result.length / batchSize;
    outputs ??= new Float32Array(perRank * width);
    outputs.set(result.subarray(0, (perRank - done) * width), done * width);
  }
  const all = communicator.allGather(outputs ?? new Float32Array());
  return prepared.metric(all.subarray(0, count * width));
}

function shareOf(count: number, rank: number, size: number): { start: number; stop: number } {
  return {
    start: Math.floor((rank * count) / size),
    stop: Math.floor(((rank + 1) * count) / size),
  };
}

/** Equal shares, so that they can be gathered; the last ones may reach past the end. */
function evaluationShareOf(count: number, rank: number, size: number) {
  const paddedCount = Math.ceil(count / size);
  const start = Math.min(rank * paddedCount, count);
  return { start, stop: Math.min(start + paddedCount, count), paddedCount };
}

function batched(specs: TensorSpecs, batchSize: number): TensorSpecs {
  return Object.fromEntries(
    Object.entries(specs).map(([name, { kind, shape }]) => [
      name,
      { kind, shape: [batchSize, ...shape] },
    ]),
  );
}

function batchBuffer(specs: TensorSpecs, batchSize: number): BatchBuffer {
  const entries = Object.entries(specs);
  const batch = Object.fromEntries(
    entries.map(([name, { kind, shape }]) => {
      const size = batchSize * sizeOf(shape);
      return [name, kind === "int32" ? new Int32Array(size) : new Float32Array(size)];
    }),
  );
  const samples = Array.from({ length: batchSize }, (_, position) =>
    Object.fromEntries(
      entries.map(([name, { shape }]) => {
        const size = sizeOf(shape);
        return [name, batch[name]?.subarray(position * size, (position + 1) * size)];
      }),
    ),
  );
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- both have the names of `specs`
  return { batch, samples: samples as HostArrays[] };
}

function warmUp(replica: Replica, communicator: Communicator): void {
  const random = seededRandom("warm-up");
  for (const { batch } of [replica.training, replica.evaluation]) {
    for (const values of Object.values(batch)) {
      if (values instanceof Float32Array)
        values.forEach((_, index) => (values[index] = random.uniform()));
    }
  }
  const parameters = initialParameters(replica.prepared.parameters, 0);
  for (let round = 0; round < warmUpCount; round++) {
    replica.lossAndGradients(parameters, replica.training.batch, communicator.gradients);
    replica.evaluate(parameters, replica.evaluation.batch);
  }
  communicator.gradients.fill(0);
}
