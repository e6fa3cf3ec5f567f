import {
  type SeededRandom,
  seededRandom,
  shuffledIndices,
} from "../foundation/numbers/seeded-random.ts";
import { meetsTarget } from "../schema/run/outcome/meets-target.ts";
import type { StepSample } from "../schema/run/measured/telemetry-sample.ts";
import { type AdamState, adamState, adamStepInto } from "./adam.ts";
import type { Communicator } from "./communicator.ts";
import { evaluateReplica, type Replica } from "./replica.ts";
import type { EmbeddedWorkload } from "./workload.ts";

/** Messages of a replica during training. All except samples come only from rank 0. */
export type ReplicaEvent =
  | { kind: "block-started"; samplesCount: number; sampleCountInBlock: number }
  | { kind: "progress"; samplesCount: number; loss: number; samplesPerSecond: number }
  | { kind: "block-stopped"; samplesCount: number; startCount: number }
  | { kind: "evaluation-started"; samplesCount: number }
  | { kind: "evaluated"; samplesCount: number; value: number }
  | { kind: "stopped"; samplesCount: number; reachedTarget: boolean }
  | { kind: "sample"; sample: Omit<StepSample, "timeMs"> };

export interface TrainReplicaOptions {
  readonly workload: EmbeddedWorkload;
  readonly communicator: Communicator;
  readonly seed: number;
  /** Training samples after which to give up; the workload's own limit if it is lower. */
  readonly maxSamples?: number | undefined;
  /** A clock for durations, in milliseconds. */
  readonly nowMs: () => number;
}

const sampleIntervalMs = 200;
const progressIntervalMs = 300;

/**
 * Trains one replica, in step with the others of its group, until the target is reached or the
 * limit is; every replica comes to the same decision. The same (seed, group size) gives the same
 * parameters, bit by bit.
 *
 * @throws GroupAborted if the group was stopped or a member is missing
 */
export function* trainReplica(
  replica: Replica,
  options: TrainReplicaOptions,
): Generator<ReplicaEvent, void> {
  const { workload, communicator } = options;
  const { target, samplesBetweenEvaluations } = workload;
  const leads = communicator.rank === 0;
  const maxSamples = Math.min(workload.maxSamples, options.maxSamples ?? Infinity);
  communicator.awaitStart();
  communicator.meet(); // rank 0 has written the first parameters
  const training = trainingOf(replica, options);
  for (;;) {
    const startCount = training.samplesSeen;
    const stopCount = Math.min(
      startCount + samplesBetweenEvaluations,
      roundUp(maxSamples, workload.globalBatchSize),
    );
    if (leads) {
      const sampleCountInBlock = stopCount - startCount;
      yield { kind: "block-started", samplesCount: startCount, sampleCountInBlock };
    }
    yield* trainBlock(training, stopCount);
    const samplesCount = training.samplesSeen;
    if (leads) yield { kind: "block-stopped", samplesCount, startCount };
    if (leads) yield { kind: "evaluation-started", samplesCount };
    const value = evaluateReplica(replica, communicator);
    if (leads) yield { kind: "evaluated", samplesCount, value };
    const reachedTarget = meetsTarget(target, value);
    if (reachedTarget || samplesCount >= maxSamples) {
      yield* sayHow(training, { isLast: true });
      if (leads) yield { kind: "stopped", samplesCount, reachedTarget };
      return;
    }
  }
}

/** The state of one replica between steps. */
interface Training {
  readonly replica: Replica;
  readonly options: TrainReplicaOptions;
  readonly random: SeededRandom;
  readonly optimizerState: AdamState;
  samplesSeen: number;
  stepCount: number;
  epoch: number;
  order: Int32Array;
  /** Since the last sample of telemetry. */
  readonly spent: { dataWaitMs: number; computeMs: number; communicationMs: number; steps: number };
  sampledMs: number;
  /** Start time and start sample count of the throughput measurement. */
  progressMs: number;
  progressSamples: number;
  /** When the last block ended. */
  pausedMs: number;
  /** Of the last step, over the global batch. */
  loss: number;
}

function trainingOf(replica: Replica, options: TrainReplicaOptions): Training {
  const { shard } = options.communicator;
  const startMs = options.nowMs();
  return {
    replica,
    options,
    random: seededRandom(options.seed),
    optimizerState: adamState(shard.stop - shard.start),
    samplesSeen: 0,
    stepCount: 0,
    epoch: -1,
    order: new Int32Array(),
    spent: { dataWaitMs: 0, computeMs: 0, communicationMs: 0, steps: 0 },
    sampledMs: startMs,
    progressMs: startMs,
    progressSamples: 0,
    pausedMs: startMs,
    loss: Number.NaN,
  };
}

function* trainBlock(training: Training, stopCount: number): Generator<ReplicaEvent, void> {
  // Evaluation is not training, so its time must not count as slow steps.
  training.progressMs += training.options.nowMs() - training.pausedMs;
  while (training.samplesSeen < stopCount) {
    training.loss = trainStep(training);
    yield* sayHow(training, { isLast: false });
  }
  training.pausedMs = training.options.nowMs();
}

/** Reports telemetry and progress when they are due; the last call reports everything that remains. */
function* sayHow(
  training: Training,
  { isLast }: { isLast: boolean },
): Generator<ReplicaEvent, void> {
  const { options, spent } = training;
  const nowMs = isLast ? training.pausedMs : options.nowMs();
  if (spent.steps > 0 && (isLast || nowMs - training.sampledMs >= sampleIntervalMs)) {
    yield { kind: "sample", sample: takeSample(training) };
    training.sampledMs = nowMs;
  }
  if (options.communicator.rank !== 0 || training.samplesSeen === training.progressSamples) return;
  if (isLast || nowMs - training.progressMs >= progressIntervalMs) {
    yield takeProgress(training, nowMs);
  }
}

/** One optimizer step of the whole group. @returns the mean loss over the global batch */
function trainStep(training: Training): number {
  const { replica, options, spent } = training;
  const { communicator, workload, nowMs } = options;
  const startMs = nowMs();
  writeBatch(training);
  const writtenMs = nowMs();
  communicator.numbers[communicator.rank] = replica.lossAndGradients(
    communicator.parameters,
    replica.training.batch,
    communicator.gradients,
  );
  const gradientsMs = nowMs();
  const gradients = communicator.reduceScatter();
  const reducedMs = nowMs();
  const loss = communicator.numbers.reduce((sum, part) => sum + part, 0);
  adamStepInto(
    communicator.parameters.subarray(communicator.shard.start, communicator.shard.stop),
    gradients,
    training.optimizerState,
    { ...workload.optimizer, samplesSeen: training.samplesSeen },
  );
  const updatedMs = nowMs();
  communicator.meet(); // now every shard of the parameters is new
  spent.dataWaitMs += writtenMs - startMs;
  spent.computeMs += gradientsMs - writtenMs + (updatedMs - reducedMs);
  spent.communicationMs += reducedMs - gradientsMs + (nowMs() - updatedMs);
  spent.steps += 1;
  training.samplesSeen += workload.globalBatchSize;
  training.stepCount += 1;
  return loss;
}

/** Fills this rank's part of the next global batch; an incomplete batch at an epoch's end is skipped. */
function writeBatch(training: Training): void {
  const { replica, options, random } = training;
  const { prepared, share } = replica;
  const { globalBatchSize } = options.workload;
  const stepsPerEpoch = Math.floor(prepared.trainingSampleCount / globalBatchSize);
  const epoch = Math.floor(training.stepCount / stepsPerEpoch);
  if (epoch !== training.epoch) {
    training.epoch = epoch;
    training.order = shuffledIndices(prepared.trainingSampleCount, random.fork(`epoch/${epoch}`));
  }
  const batchStart = (training.stepCount % stepsPerEpoch) * globalBatchSize;
  for (const [position, sample] of replica.training.samples.entries()) {
    const place = share.start + position;
    const index = training.order[batchStart + place] ?? 0;
    const ownRandom = lazyFork(random, training.samplesSeen + place);
    prepared.writeTrainingSample(index, ownRandom, sample);
  }
}

/** The random stream of the sample, seeded on first use: most workloads never use it. */
function lazyFork(random: SeededRandom, place: number): SeededRandom {
  let own: SeededRandom | undefined;
  const forked = (): SeededRandom => (own ??= random.fork(`sample/${place}`));
  return {
    uniform: () => forked().uniform(),
    below: (bound) => forked().below(bound),
    normal: () => forked().normal(),
    fork: (name) => forked().fork(name),
  };
}

function takeSample(training: Training): Omit<StepSample, "timeMs"> {
  const { spent, options } = training;
  const sample = {
    kind: "step",
    rank: options.communicator.rank,
    step: training.stepCount,
    samplesCount: training.samplesSeen,
    stepCount: spent.steps,
    computeMs: spent.computeMs,
    communicationMs: spent.communicationMs,
    dataWaitMs: spent.dataWaitMs,
    loss: training.loss,
  } as const;
  Object.assign(spent, { dataWaitMs: 0, computeMs: 0, communicationMs: 0, steps: 0 });
  return sample;
}

function takeProgress(training: Training, nowMs: number): ReplicaEvent {
  const seconds = Math.max(nowMs - training.progressMs, 1e-3) / 1000;
  const samplesPerSecond = (training.samplesSeen - training.progressSamples) / seconds;
  training.progressMs = nowMs;
  training.progressSamples = training.samplesSeen;
  const { samplesSeen, loss } = training;
  return { kind: "progress", samplesCount: samplesSeen, loss, samplesPerSecond };
}

function roundUp(value: number, multiple: number): number {
  return Math.ceil(value / multiple) * multiple;
}
