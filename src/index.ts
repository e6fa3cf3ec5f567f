// The library's only door: reading this file is reading the public API.

export { UserError, WorldError } from "./foundation/user-error.ts";
export { formatLine } from "./mllog/format-line.ts";
export { parseLine } from "./mllog/parse-line.ts";
export type { LogEvent } from "./schema/log-event.ts";
export type { MetricTarget } from "./schema/metric-target.ts";
export type { RunEvent } from "./schema/run-event.ts";
export type { RunRequest } from "./schema/run-request.ts";
export type { Evaluation, Outcome, RunResult } from "./schema/run-result.ts";
export type { OlympicMean, RunReport, SeriesSummary } from "./schema/series-summary.ts";
export { olympicMean } from "./score/olympic-mean.ts";
export { timeToTrain, type TimedWorkload, type TimingOptions } from "./workflows/time-to-train.ts";
