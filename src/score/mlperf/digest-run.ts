import { isJsonObject, type JsonValue } from "../../foundation/json.ts";
import { benchmarkNamed } from "../../schema/logs/mlperf-round.ts";
import type { LogEvent, LogLine } from "../../schema/logs/log-event.ts";
import type {
  LoggedConvergence,
  RunDigest,
  RunEnergy,
  RunJudgement,
} from "../../schema/logs/submission.ts";
import { OfficialClock } from "./clock.ts";
import { createImageQuality, type ImageQuality } from "./image-quality.ts";

/** Reads one log line by line and extracts the data for scoring. */
export interface RunDigester {
  push(line: LogLine): void;
  /** @param energy calculates energy from the power logs for the timed part of the run */
  finish(
    judgement: RunJudgement,
    energy?: (clock: Pick<RunDigest, "runStartMs" | "runStopMs">) => RunEnergy,
  ): RunDigest;
}

/** Benchmarks that log convergence in `samples_count`; the others use `epoch_num`. */
const countedInSamples: ReadonlySet<string> = new Set([
  "llama2_70b_lora",
  "llama31_8b",
  "llama31_405b",
  "flux1",
  "gpt_oss_20b",
  "deepseekv3_671b",
  "qwen35_397b_grpo",
  "dlrmv4",
]);

/**
 * Creates a digester for one log.
 *
 * @param log the file name of the log
 * @param edition the edition, which determines field names; for example `training-5.0`
 */
export function createRunDigester(log: string, edition: string): RunDigester {
  return new LogDigester(log, edition);
}

class LogDigester implements RunDigester {
  readonly #log: string;
  readonly #imageQuality: ImageQuality;
  #benchmark: string | undefined;
  #division: string | undefined;
  readonly #clock = new OfficialClock();
  #status: string | undefined;
  #globalBatchSize: number | undefined;
  #epochNum: number | undefined;
  #samplesCount: number | undefined;
  #trainSamples: number | undefined;
  #convergence: LoggedConvergence = { kind: "not-converged", status: undefined };
  #nodeCount: number | undefined;
  #acceleratorsPerNode: number | undefined;
  #optimizer: string | undefined;
  #evaluatedOfflineMs: number | undefined;
  #oldTarget: number | undefined;
  #oldQuality: number | undefined;

  constructor(log: string, edition: string) {
    this.#log = log;
    this.#imageQuality = createImageQuality(
      edition === "training-3.1" ? "step_num" : "samples_count",
    );
  }

  push(line: LogLine): void {
    if (line.kind !== "event") return;
    readers.get(line.event.key)?.(this, line.event);
    if (line.event.dialect === "mlpv") this.#readOldLine(line.event);
  }

  /** Round 0.5 names the benchmark on every line. */
  #readOldLine({ key, value, metadata }: LogEvent): void {
    const name = isJsonObject(metadata) ? metadata["benchmark"] : undefined;
    if (typeof name === "string") this.#benchmark ??= benchmarkNamed(name);
    if (key === "eval_target" && typeof value === "number") this.#oldTarget = value;
    if (key === "eval_accuracy") this.#oldQuality = numberIn(value, "value");
  }

  finish(
    judgement: RunJudgement,
    energy?: (clock: Pick<RunDigest, "runStartMs" | "runStopMs">) => RunEnergy,
  ): RunDigest {
    const { start: runStartMs, stop: runStopMs } = this.#clock;
    return {
      log: this.#log,
      benchmark: this.#benchmark,
      division: this.#division,
      runStartMs,
      runStopMs,
      status: this.#status,
      globalBatchSize: this.#globalBatchSize,
      convergence: this.#convergence,
      trainSamples: this.#trainSamples,
      nodeCount: this.#nodeCount,
      acceleratorsPerNode: this.#acceleratorsPerNode,
      optimizer: this.#optimizer,
      evaluatedOfflineMs: this.#evaluatedOfflineMs,
      judgement,
      energy: energy?.({ runStartMs, runStopMs }),
    };
  }

  readBenchmark({ value }: LogEvent): void {
    if (typeof value === "string") this.#benchmark = benchmarkNamed(value);
  }

  readDivision({ value }: LogEvent): void {
    if (typeof value === "string") this.#division ??= value.toLowerCase();
  }

  readStart({ key, timeMs }: LogEvent): void {
    this.#clock.push(key, timeMs);
  }

  readStop(event: LogEvent): void {
    this.#clock.push(event.key, event.timeMs);
    this.#status = statusOf(event) ?? this.#impliedStatus(event);
    this.#convergence =
      this.#status === "success"
        ? this.#statedConvergence()
        : { kind: "not-converged", status: this.#status };
  }

  /** Derives a missing `run_stop` status in round 0.5 from the last evaluation, if the log contains the target. */
  #impliedStatus({ dialect, value }: LogEvent): string | undefined {
    if (dialect !== "mlpv" || value !== null) return undefined;
    const isMissed =
      this.#oldTarget !== undefined &&
      this.#oldQuality !== undefined &&
      this.#oldQuality < this.#oldTarget;
    return isMissed ? "target missed" : "success";
  }

  /** Returns convergence from the evaluations before a `run_stop`. The last `run_stop` is used. */
  #statedConvergence(): LoggedConvergence {
    const benchmark = this.#benchmark;
    if (benchmark === "stable_diffusion") return this.#imageQuality.converged();
    const inSamples = benchmark !== undefined && countedInSamples.has(benchmark);
    const amount = inSamples ? this.#samplesCount : this.#epochNum;
    return amount === undefined
      ? { kind: "not-stated", field: inSamples ? "samples_count" : "epoch_num" }
      : { kind: "converged", amount };
  }

  readEvaluation(event: LogEvent): void {
    if (this.#benchmark === "stable_diffusion") {
      this.#imageQuality.push(event);
      return;
    }
    const epochNum = numberIn(event.metadata, "epoch_num");
    this.#epochNum = epochNum === undefined ? undefined : roundToThousandths(epochNum);
    this.#samplesCount = numberIn(event.metadata, "samples_count");
  }

  readBatchSize({ value }: LogEvent): void {
    if (typeof value === "number") this.#globalBatchSize = value;
  }

  readTrainSamples({ value }: LogEvent): void {
    if (typeof value === "number") this.#trainSamples = value;
  }

  readNodeCount({ value }: LogEvent): void {
    this.#nodeCount ??= wholeNumber(value);
  }

  readAcceleratorsPerNode({ value }: LogEvent): void {
    this.#acceleratorsPerNode ??= wholeNumber(value);
  }

  readOptimizer({ value }: LogEvent): void {
    if (typeof value === "string") this.#optimizer ??= value;
  }

  readOfflineEvaluation({ metadata }: LogEvent): void {
    const seconds = numberIn(metadata, "timestamp");
    if (seconds !== undefined) this.#evaluatedOfflineMs = seconds * 1000;
  }
}

type ReadEvent = (digester: LogDigester, event: LogEvent) => void;

const readers: ReadonlyMap<string, ReadEvent> = new Map(
  Object.entries<ReadEvent>({
    submission_benchmark: (digester, event) => digester.readBenchmark(event),
    submission_division: (digester, event) => digester.readDivision(event),
    run_start: (digester, event) => digester.readStart(event),
    run_stop: (digester, event) => digester.readStop(event),
    eval_accuracy: (digester, event) => digester.readEvaluation(event),
    eval_error: (digester, event) => digester.readEvaluation(event),
    global_batch_size: (digester, event) => digester.readBatchSize(event),
    train_samples: (digester, event) => digester.readTrainSamples(event),
    number_of_nodes: (digester, event) => digester.readNodeCount(event),
    accelerators_per_node: (digester, event) => digester.readAcceleratorsPerNode(event),
    opt_name: (digester, event) => digester.readOptimizer(event),
    eval_result: (digester, event) => digester.readOfflineEvaluation(event),
  }),
);

/** Reads the status from metadata, or from `{"success": true}` in round 0.5. */
function statusOf({ value, metadata }: LogEvent): string | undefined {
  if (isJsonObject(metadata) && typeof metadata["status"] === "string") return metadata["status"];
  const success = isJsonObject(value) ? value["success"] : undefined;
  if (success === true || success === "true") return "success";
  return success === false || success === "false" ? "failure" : undefined;
}

function numberIn(metadata: JsonValue, name: string): number | undefined {
  const value = isJsonObject(metadata) ? metadata[name] : undefined;
  return typeof value === "number" ? value : undefined;
}

function wholeNumber(value: JsonValue): number | undefined {
  const number = typeof value === "string" ? Number(value) : value;
  return typeof number === "number" && Number.isInteger(number) ? number : undefined;
}

/** Rounds to the nearest thousandth and exact ties to even, like the official check. */
function roundToThousandths(value: number): number {
  const isTie = Number.isInteger(value * 16) && !Number.isInteger(value * 8);
  if (!isTie) return Number(value.toFixed(3));
  const below = Math.floor(value * 1000);
  return (below % 2 === 0 ? below : below + 1) / 1000;
}
