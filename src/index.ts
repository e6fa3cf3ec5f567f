/**
 * The public API of the library. Times are in milliseconds; line numbers start at 1.
 *
 * @example
 * ```ts
 * import { readFile } from "node:fs/promises";
 * import { checkLog, parseLog, scoreRuns } from "pitwall";
 *
 * const example = "node_modules/pitwall/data/example";
 * const folder = `${example}/training_v5.0/tinycorp/results/tinybox_green/retinanet`;
 * const runs = [];
 * for (const runId of ["result_0", "result_1", "result_2", "result_3", "result_4"]) {
 *   const log = await readFile(`${folder}/${runId}.txt`);
 *   const { verdict, failingKeys, timeToTrainMs } = await checkLog(log, { edition: "training-5.0" });
 *   console.log(runId, parseLog(log).lines.length, verdict, ...failingKeys);
 *   runs.push({ runId, timeToTrainMs: verdict === "pass" ? timeToTrainMs : undefined });
 * }
 * const { score } = scoreRuns(runs, { benchmark: "retinanet", edition: "training-5.0" });
 * if (score.kind === "scored") console.log(`${(score.scoreMs / 60_000).toFixed(2)} min`);
 * ```
 */

export { UserError, WorldError } from "./foundation/errors/user-error.ts";
export { formatLine } from "./mllog/format-line.ts";
export { parseLine } from "./mllog/parse-line.ts";
export { parseLog, type ParsedLog } from "./mllog/parse-log.ts";
export { memoryOfLayout, sumOfParts } from "./planner/memory/memory-of-layout.ts";
export type { LogEvent, LogLine } from "./schema/logs/log-event.ts";
export type { LogVerdict } from "./schema/logs/log-verdict.ts";
export type {
  LatentAttention,
  ModelReference,
  TransformerShape,
} from "./schema/plan/model-shape.ts";
export type { PlannerModel, PlannerModelList } from "./schema/plan/planner-models.ts";
export type { PublishedMeasurement } from "./schema/plan/published-measurement.ts";
export type {
  LayoutAnswer,
  MemoryParts,
  PredictionError,
  StepParts,
  StepPrediction,
} from "./schema/plan/step-prediction.ts";
export type {
  AdapterBase,
  AdapterTarget,
  AttentionKernel,
  Framework,
  HardwareReference,
  LayoutLine,
  LossKernel,
  Optimizer,
  PipelineSchedule,
  Precision,
  Recompute,
  Sharding,
  StateFormat,
  TrainingLayout,
} from "./schema/plan/training-layout.ts";
export type { MetricTarget } from "./schema/run/outcome/metric-target.ts";
export type { RunEvent } from "./schema/run/events/run-event.ts";
export type { RunRequest } from "./schema/run/request/run-request.ts";
export type { Outcome } from "./schema/run/outcome/outcome.ts";
export type { Evaluation, RunResult } from "./schema/run/outcome/run-result.ts";
export type { OlympicMean, RunReport, SeriesSummary } from "./schema/run/outcome/series-summary.ts";
export {
  scoreRuns,
  type MlperfScore,
  type RunToScore,
  type ScoringOptions,
} from "./score/mlperf/score-runs.ts";
export { olympicMean } from "./score/series/olympic-mean.ts";
export { checkLog, type CheckLogOptions } from "./workflows/check/check-log.ts";
export {
  timeToTrain,
  type TimedWorkload,
  type TimingOptions,
} from "./workflows/launch/running/time-to-train.ts";
export { predictStep } from "./workflows/plan/predict-step.ts";
