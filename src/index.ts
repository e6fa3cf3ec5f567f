// The library's only door: reading this file is reading the public API.

export { UserError, WorldError } from "./foundation/user-error.ts";
export { formatLine } from "./mllog/format-line.ts";
export { parseLine } from "./mllog/parse-line.ts";
export { parseLog, type ParsedLog } from "./mllog/parse-log.ts";
export type { LogEvent, LogLine } from "./schema/log-event.ts";
export type { LogVerdict } from "./schema/log-verdict.ts";
export type { MetricTarget } from "./schema/metric-target.ts";
export type { RunEvent } from "./schema/run-event.ts";
export type { RunRequest } from "./schema/run-request.ts";
export type { Evaluation, Outcome, RunResult } from "./schema/run-result.ts";
export type { OlympicMean, RunReport, SeriesSummary } from "./schema/series-summary.ts";
export {
  scoreRuns,
  type MlperfScore,
  type RunToScore,
  type ScoringOptions,
} from "./score/mlperf/score-runs.ts";
export { olympicMean } from "./score/olympic-mean.ts";
export { checkLog, type CheckLogOptions } from "./workflows/check-log.ts";
export { timeToTrain, type TimedWorkload, type TimingOptions } from "./workflows/time-to-train.ts";
