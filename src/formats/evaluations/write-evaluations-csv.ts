import { csvText } from "../../foundation/tables/csv.ts";
import type { ExportedRun } from "../../schema/run/exported-run.ts";
import type { WriterOptionValues } from "../format.ts";
import { type ValueRow, valueRows } from "../tracked/value-rows.ts";

type Cell = string | number | undefined;

const columns: Readonly<Record<string, (row: ValueRow, run: ExportedRun) => Cell>> = {
  run: (_, { request }) => request.runId,
  name: (_, { request }) => request.startable.name,
  seed: (_, { request }) => request.seed,
  metric: ({ metric }) => metric,
  target: ({ target }) => target,
  clock_ms: ({ clockMs }) => clockMs,
  time: ({ timeMs }) => new Date(timeMs).toISOString(),
  value: ({ value }) => value,
  samples_count: ({ samplesCount }) => samplesCount,
  epoch_num: ({ epochNum }) => epochNum,
  // Of the run: more than its lines of the first target's metric if not all evaluations are kept.
  evaluation_count: (_, { progress }) => progress.evaluationCount,
  kind: ({ kind }) => kind,
  host: ({ host }) => host,
  device: ({ device }) => device,
  rank: ({ rank }) => rank,
  step: ({ step }) => step,
  step_unit: ({ stepUnit }) => stepUnit,
};

/** Writes a line for each value of a metric and of the telemetry, a run at a time. Cells of unknown values are empty. */
export function* writeEvaluationsCsv(
  runs: readonly ExportedRun[],
  { rawCsv }: WriterOptionValues,
): Generator<string> {
  const options = { isRaw: rawCsv === true };
  yield csvText([Object.keys(columns)]);
  for (const run of runs)
    yield csvText(
      valueRows(run).map((row) => Object.values(columns).map((cellOf) => cellOf(row, run) ?? "")),
      options,
    );
}
