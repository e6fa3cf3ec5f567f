import { csvText } from "../../foundation/csv.ts";
import type { RunPage } from "../../schema/run/run-page.ts";
import type { WriterOptionValues } from "../format.ts";

const columns = [
  "run",
  "name",
  "seed",
  "metric",
  "target",
  "clock_ms",
  "time",
  "value",
  "samples_count",
  "epoch_num",
  // Of the run: more than its lines if not all evaluations are kept.
  "evaluation_count",
] as const;

/** Writes a line for each evaluation, a run at a time. Cells of unknown values are empty. */
export function* writeEvaluationsCsv(
  runs: readonly RunPage[],
  { rawCsv }: WriterOptionValues,
): Generator<string> {
  const options = { isRaw: rawCsv === true };
  yield csvText([columns]);
  for (const { request, progress } of runs) {
    const { runId, startable, seed, target } = request;
    yield csvText(
      progress.evaluations.map(({ clockMs, timeMs, value, samplesCount, epochNum }) => [
        runId,
        startable.name,
        seed,
        target?.metric ?? "",
        target?.value ?? "",
        clockMs,
        new Date(timeMs).toISOString(),
        value,
        samplesCount ?? "",
        epochNum ?? "",
        progress.evaluationCount,
      ]),
      options,
    );
  }
}
