import { z } from "zod";
import type { Summary } from "../../foundation/numbers/statistics.ts";
import type { MlperfEdition } from "./mlperf-round.ts";

/** A count or a name; submitters write numbers as text, and leave out what they do not know. */
const text = z
  .union([z.string(), z.number(), z.null()])
  .optional()
  .transform((value) => (value === null || value === undefined ? undefined : String(value)));

/** `systems/<system>.json`, as far as scores are concerned. Every field may be missing. */
export const systemFile = z
  .object({
    submitter: text,
    division: text,
    status: text,
    system_name: text,
    number_of_nodes: text,
    host_processors_per_node: text,
    host_processor_model_name: text,
    accelerators_per_node: text,
    accelerator_model_name: text,
    framework: text,
    hw_notes: text,
    sw_notes: text,
  })
  .transform((raw) => ({
    submitter: raw.submitter,
    division: raw.division,
    availability: raw.status,
    systemName: raw.system_name,
    nodeCount: wholeNumber(raw.number_of_nodes),
    hostProcessorsPerNode: wholeNumber(raw.host_processors_per_node),
    hostProcessorModelName: raw.host_processor_model_name,
    acceleratorsPerNode: wholeNumber(raw.accelerators_per_node),
    acceleratorModelName: raw.accelerator_model_name,
    framework: raw.framework,
    hardwareNotes: raw.hw_notes,
    softwareNotes: raw.sw_notes,
  }));
export type SystemFile = z.output<typeof systemFile>;

/** `entry.json` of round 0.5: what the cluster has, which may be more than a run used. */
export const entryFile = z
  .object({
    division: text,
    status: text,
    hardware: text,
    framework: text,
    nodes: z
      .array(
        z.object({
          num_nodes: text,
          cpu: text,
          accelerator: text,
          num_accelerators: text,
        }),
      )
      .min(1),
  })
  .transform(({ division, status, hardware, framework, nodes }): SystemFile => {
    const [node] = nodes;
    return {
      submitter: undefined,
      division,
      availability: status,
      systemName: hardware,
      nodeCount: wholeNumber(node?.num_nodes),
      hostProcessorsPerNode: undefined,
      hostProcessorModelName: node?.cpu,
      acceleratorsPerNode: wholeNumber(node?.num_accelerators),
      acceleratorModelName: node?.accelerator,
      framework,
      hardwareNotes: undefined,
      softwareNotes: undefined,
    };
  });

/** `scaling.json`: the factor that the review committee put on a result's score. */
export const scalingFile = z.object({ scaling_factor: z.number().positive() });

function wholeNumber(value: string | undefined): number | undefined {
  return value !== undefined && /^\s*\d+\s*$/.test(value) ? Number(value) : undefined;
}

/** Where the counts of a system come from, the most trusted first. */
export type CountSource = "system-file" | "entry-file" | "broken-system-file" | "log";

/** What a result ran on. */
export interface SubmittedSystem extends SystemFile {
  /** The folder's name under `results`, which is also the description's. */
  folder: string;
  /** The organization's folder. */
  organisation: string;
  /** Nodes times accelerators per node. */
  acceleratorCount: number | undefined;
  countsFrom: CountSource | undefined;
}

/** How HPC results are measured: one training, or as many as the system holds at once. */
export type ScalingKind = "strong" | "weak";

/** How many samples (epochs, tokens, steps) a run needed, from its log. */
export type LoggedConvergence =
  | { kind: "converged"; amount: number }
  | { kind: "not-converged"; status: string | undefined }
  /** The log states that the run converged, but not after how many samples. */
  | { kind: "not-stated"; field: string };

/** Whether a run counts, and by whose word. */
export type RunJudgement =
  | { kind: "checked"; edition: string; verdict: "pass" | "fail" | "crash"; failingKeys: string[] }
  /** For rounds without rules: the log's own `run_stop` decides. */
  | { kind: "self-reported" };

/** All that a score needs to know of one log, so that logs are read once. Plain data: it can cross threads. */
export interface RunDigest {
  /** File name of the log. */
  log: string;
  benchmark: string | undefined;
  division: string | undefined;
  runStartMs: number | undefined;
  runStopMs: number | undefined;
  /** Of the last `run_stop`. */
  status: string | undefined;
  globalBatchSize: number | undefined;
  convergence: LoggedConvergence;
  /** The last value of `train_samples`, which some BERT logs use in place of `epoch_num`. */
  trainSamples: number | undefined;
  nodeCount: number | undefined;
  acceleratorsPerNode: number | undefined;
  optimizer: string | undefined;
  /** Minigo of round 0.6 was evaluated afterwards: training time until the model that met the target. */
  evaluatedOfflineMs: number | undefined;
  judgement: RunJudgement;
  /** Absent without power logs. */
  energy: RunEnergy | undefined;
}

/** Joules of one run, from its meters' logs. */
export type RunEnergy =
  | {
      kind: "measured";
      joules: number;
      /** Between `run_start` and `run_stop`; undefined if the readings do not cover the run. */
      inRunJoules: number | undefined;
      /** Of `joules`, estimated for switches rather than measured. */
      switchJoules: number;
      /** Median time between readings of the meter that is read most rarely; undefined with fewer than two readings. */
      readingIntervalMs: number | undefined;
      /** Meters whose `power_measurement_stop` cannot be used; their last reading ends the measurement. */
      metersEndedByLastReading: number;
    }
  | { kind: "not-computable"; reason: "no-node-log" | "no-start" | "no-readings" | "no-clock" };

/** Why a run does not count. */
export type RunFailure =
  | { kind: "not-compliant"; failingKeys: readonly string[] }
  /** The official checker crashes on this log. */
  | { kind: "checker-crash" }
  | { kind: "not-converged"; status: string | undefined }
  | { kind: "no-clock" };

export type RunFate =
  | { kind: "counted" }
  | { kind: "fastest" }
  | { kind: "slowest" }
  | { kind: "failed"; failure: RunFailure }
  /** Round 0.5's ncf: more runs converged than are needed. */
  | { kind: "not-needed" };

/** One run as the report shows it. */
export interface RunRow {
  runId: string;
  timeToTrainMs: number | undefined;
  /** In the reference points' unit. */
  convergence: number | undefined;
  joules: number | undefined;
  fate: RunFate;
}

export type TimeScore =
  | {
      kind: "scored";
      /** Mean of the counted runs times the committed scaling factor. */
      scoreMs: number;
      unscaledMs: number;
      countedRuns: number;
      /** Of all runs that obey the rules, the dropped fastest and slowest too; unscaled milliseconds. */
      spread: Summary;
    }
  | { kind: "too-few-runs"; have: number; need: number }
  | { kind: "too-many-failed"; failed: number; allowed: number }
  | { kind: "not-scored"; reason: "benchmarks-differ" | "benchmark-unknown" };

/** Several trainings at once, HPC's measure of throughput. */
export type WeakScore =
  | {
      kind: "scored";
      /** From the first start to the last stop. */
      timeToTrainAllMs: number;
      modelCount: number;
      /** Accelerators (or nodes, where there are none) that each model trains on. */
      instanceScale: number | undefined;
      /** Of the whole system. */
      acceleratorCount: number | undefined;
      modelsPerMinute: number;
    }
  | { kind: "too-few-models"; have: number; need: number };

/** A submission's convergence beside the reference's. Amounts are in `unit`. */
export interface ConvergenceTest {
  unit: "epochs" | "samples" | "steps" | "tokens";
  globalBatchSize: number;
  /** Batch sizes of the reference points used: one, or the two around. */
  referenceBatchSizes: readonly number[];
  referenceMean: number;
  referenceStandardDeviation: number;
  /** Without dropped runs; absent if too few runs converged. */
  submissionMean: number | undefined;
  smallestAcceptableMean: number;
  /** Reference mean over the smallest acceptable one. */
  largestSpeedup: number;
  /** Of the one-sided t-test; absent without a mean, or where the reference runs do not differ. */
  pValue: number | undefined;
  passes: boolean;
  /** Reference mean over submission mean, at least 1. */
  normalisationFactor: number | undefined;
}

export type ConvergenceCheck =
  | { kind: "found" | "interpolated" | "smaller-batch"; test: ConvergenceTest; isBypassed: boolean }
  /** No reference point is near; with a test if the nearest is of a larger batch size, and was failed. */
  | {
      kind: "missing";
      globalBatchSize: number;
      test: ConvergenceTest | undefined;
      isBypassed: boolean;
    }
  | { kind: "no-batch-size"; found: readonly number[] }
  | { kind: "insufficient"; unconverged: number; allowed: number }
  | { kind: "not-stated"; field: string; logs: readonly string[] }
  | {
      kind: "not-checked";
      reason: "open-division" | "no-reference" | "weak-scaling" | "benchmarks-differ";
    };

export type EnergyScore =
  | {
      kind: "measured";
      /** Mean over the counted runs times the scaling factor. */
      joules: number;
      /** The same mean of the energy between `run_start` and `run_stop`, if it is known for all counted runs. */
      inRunJoules: number | undefined;
      /** Of the counted runs, unscaled. */
      spread: Summary;
      /** The longest of the counted runs; see `RunEnergy`. */
      readingIntervalMs: number | undefined;
      runsEndedByLastReading: number;
    }
  | {
      kind: "not-scored";
      reason: Extract<RunEnergy, { kind: "not-computable" }>["reason"] | "no-score";
    };

/** A problem with a result, as data. */
export type SubmissionFinding =
  | { rule: "benchmarks-differ"; benchmarks: readonly string[] }
  | { rule: "benchmark-unknown"; benchmark: string; nearest: string | undefined }
  | { rule: "benchmark-not-in-edition"; benchmark: string; edition: string }
  | { rule: "folder-names-another-benchmark"; folder: string; logged: string }
  | { rule: "run-count"; have: number; need: number }
  | { rule: "batch-sizes-differ"; batchSizes: readonly number[] }
  | { rule: "result-number-repeated"; number: number; logs: readonly string[] }
  | { rule: "run-repeated"; logs: readonly string[] }
  | { rule: "instance-scales-differ"; scales: readonly number[] }
  | { rule: "system-file-missing"; path: string }
  | { rule: "system-file-invalid"; path: string; reason: string }
  | { rule: "system-fields-missing"; path: string; fields: readonly string[] }
  | { rule: "counts-not-from-system-file"; countsFrom: CountSource }
  | { rule: "scaling-file-missing"; path: string; factor: number }
  | { rule: "scaling-file-invalid"; path: string; reason: string }
  | { rule: "scaling-differs"; committed: number; factor: number | undefined }
  | { rule: "power-ends-at-last-reading"; runs: number }
  | { rule: "set-aside"; folder: string }
  /** BERT's logs count 1 epoch; `train_samples` has the samples. */
  | { rule: "samples-placeholder"; runs: number; isReplaced: boolean };

/** One system on one benchmark. */
export interface BenchmarkResult {
  edition: MlperfEdition;
  /** The folder of the logs, relative to the requested folder. */
  folder: string;
  system: SubmittedSystem;
  division: string | undefined;
  /** From the logs, otherwise from the folder. */
  benchmark: string;
  /** As the folder is called. */
  benchmarkFolder: string | undefined;
  scalingKind: ScalingKind;
  /** Folders between the benchmark's and the logs; such results are not official ones. */
  subfolder: string | undefined;
  globalBatchSize: number | undefined;
  optimizer: string | undefined;
  runs: readonly RunRow[];
  requiredRuns: number | undefined;
  score: TimeScore;
  /** Only of weak scaling. */
  weak: WeakScore | undefined;
  /** Mean of what the runs needed to converge, without the one smallest and largest; in the log's unit. */
  samplesToConverge: number | undefined;
  convergence: ConvergenceCheck;
  /** `scaling.json`'s, 1 without one: what the score is multiplied with. */
  committedScalingFactor: number;
  /** The requirement of the reference points; absent if they do not determine one. */
  recomputedScalingFactor: number | undefined;
  /** Absent without power logs. */
  energy: EnergyScore | undefined;
  findings: readonly SubmissionFinding[];
}
