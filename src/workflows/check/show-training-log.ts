import { basename, resolve } from "node:path";
import type { LoggedValue, ReadingEnd } from "../../formats/logged-value.ts";
import { matchName } from "../../formats/text/match-name.ts";
import { openValueReader, type ValueReader } from "../../formats/values/open-value-reader.ts";
import type { MetricTarget } from "../../schema/run/metric-target.ts";
import {
  type MetricSummary,
  type TargetInLog,
  ValueSummary,
} from "../../score/readings/summarise-values.ts";
import { readPieces } from "../../store/results/read-pieces.ts";

/** The metrics of a training log that does not follow MLPerf's rules. */
export interface TrainingLog {
  /** As it was given. */
  path: string;
  /** Human-readable description of the file. */
  format: string;
  valueCount: number;
  metrics: readonly MetricSummary[];
  /** Values of metrics beyond those that are summarized. */
  leftOutCount: number;
  /** From the first to the last time in the log; absent if it has no times. */
  durationMs: number | undefined;
  target: TargetInLog | undefined;
  end: ReadingEnd;
}

/**
 * Reads the metrics of a finished training from its log: text of any framework, a TensorBoard event file, or an offline
 * W&B run. The file is read once, in chunks. Undefined if it contains no named number.
 *
 * @throws UserError `file-unreadable`
 */
export async function showTrainingLog(
  path: string,
  { workingFolder, target }: { workingFolder: string; target: MetricTarget | undefined },
): Promise<TrainingLog | undefined> {
  const summary = new ValueSummary(target);
  const reader = await readValues(resolve(workingFolder, path), (value) =>
    summary.push(named(value, target)),
  );
  if (reader === undefined || summary.valueCount === 0) return undefined;
  const { valueCount, metrics, leftOutCount, durationMs } = summary;
  return {
    path,
    format: reader.format,
    valueCount,
    metrics,
    leftOutCount,
    durationMs,
    target: summary.target,
    end: reader.end(),
  };
}

/** Undefined for an empty file. */
async function readValues(
  path: string,
  push: (value: LoggedValue) => void,
): Promise<ValueReader | undefined> {
  let reader: ValueReader | undefined;
  for await (const bytes of readPieces(path)) {
    reader ??= openValueReader(basename(path), bytes);
    for (const value of reader.push(bytes)) push(value);
  }
  for (const value of reader?.finish() ?? []) push(value);
  return reader;
}

/** A value of the target's metric carries the target's spelling of its name. */
function named(value: LoggedValue, target: MetricTarget | undefined): LoggedValue {
  const isTarget = target !== undefined && matchName(value.metric, target.metric) === "same";
  return isTarget ? { ...value, metric: target.metric } : value;
}
