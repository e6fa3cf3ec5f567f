import type { SeededRandom } from "../foundation/numbers/seeded-random.ts";
import type { MetricTarget } from "../schema/run/outcome/metric-target.ts";
import type { AdamOptions } from "./adam.ts";
import type { HostArraysOf, Tensor, TensorSpec, TensorSpecs, TensorsOf } from "./tensor-backend.ts";

/** The areas of built-in workloads, as in MLPerf. */
export type WorkloadArea = "vision" | "language" | "recommendation" | "science";

/** A built-in training: data, model, and target quality. */
export interface EmbeddedWorkload {
  /** As typed on the command line, in kebab-case. */
  readonly name: string;
  readonly area: WorkloadArea;
  /** One line that describes the task. */
  readonly title: string;
  readonly data: WorkloadData;
  readonly target: MetricTarget;
  /** Samples of one optimizer step, of all workers together. */
  readonly globalBatchSize: number;
  /** Training samples between two evaluations; a whole number of steps. */
  readonly samplesBetweenEvaluations: number;
  /** Training samples after which a run stops without reaching the target. */
  readonly maxSamples: number;
  readonly optimizer: AdamOptions;
  /**
   * Decodes the data and defines the model. Runs once in every replica, outside the clock; the
   * same files and seed must give the same result.
   *
   * @param files text of every file that `data.files` names, by its path
   * @throws Error if a file has unexpected content
   */
  prepare(files: WorkloadFiles, seed: number): PreparedWorkload;
}

export interface WorkloadData {
  /** Description of the data and its split into training and held-out samples. */
  readonly description: string;
  readonly source: string;
  readonly licence: string;
  /** Required files, by path below the data directory; none for generated data. */
  readonly files: readonly { readonly path: string; readonly sha256: string }[];
}

/** Decoded text (a `.gz` unpacked) by path. */
export type WorkloadFiles = Readonly<Record<string, string>>;

/** A trainable tensor and how it starts. */
export interface ParameterSpec extends TensorSpec {
  readonly kind: "float32";
  /** Writes the initial values into an array of zeros. */
  readonly initialise: (values: Float32Array, random: SeededRandom) => void;
}
export type ParameterSpecs = Readonly<Record<string, ParameterSpec>>;

/** Data and model, ready to be trained. */
export interface PreparedWorkload<
  Parameters extends ParameterSpecs = ParameterSpecs,
  Inputs extends TensorSpecs = TensorSpecs,
> {
  /** Trainable tensors, in the order in which they are laid out. */
  readonly parameters: Parameters;
  /** One sample's tensors, without the batch dimension. */
  readonly inputs: Inputs;
  /** Distinct training samples; one epoch passes over them once, in random order. */
  readonly trainingSampleCount: number;
  readonly evaluationSampleCount: number;

  /**
   * Writes one training sample, augmented or generated with `random`. `random` depends on the seed
   * and on the sample's place in the run, never on the number of workers.
   *
   * @param index of the sample, in 0..trainingSampleCount
   */
  writeTrainingSample(index: number, random: SeededRandom, into: HostArraysOf<Inputs>): void;
  /** Writes one held-out sample: the same for every seed. */
  writeEvaluationSample(index: number, into: HostArraysOf<Inputs>): void;

  /** Mean loss over a batch, a scalar. Every input has the batch dimension in front. */
  loss(parameters: TensorsOf<Parameters>, inputs: TensorsOf<Inputs>): Tensor;
  /** The data that the metric needs for each held-out sample: [batch] or [batch, ...]. */
  evaluate(parameters: TensorsOf<Parameters>, inputs: TensorsOf<Inputs>): Tensor;
  /** The metric, from the outputs of `evaluate` for all held-out samples in order. */
  metric(outputs: Float32Array): number;
}

/**
 * A prepared workload whose parameters and inputs keep their names and types inside, and lose them
 * outside.
 */
export function definePrepared<Parameters extends ParameterSpecs, Inputs extends TensorSpecs>(
  prepared: PreparedWorkload<Parameters, Inputs>,
): PreparedWorkload {
  return prepared;
}
