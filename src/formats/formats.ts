import { evaluationsCsv } from "./evaluations/evaluations-csv-format.ts";
import { dawnbench } from "./dawnbench/dawnbench-format.ts";
import type { Format } from "./format.ts";
import { htmlPage } from "./html/html-format.ts";
import { mlflow } from "./mlflow/mlflow-format.ts";
import { mlperf } from "./mlperf/mlperf-format.ts";
import { parquet } from "./parquet/parquet-format.ts";
import { roundTable } from "./round-table/round-table-format.ts";
import { runJson } from "./run-json/run-json-format.ts";
import { speedrun } from "./speedrun/speedrun-format.ts";
import { tensorboard } from "./tensorboard/tensorboard-format.ts";
import { wandb } from "./wandb/wandb-format.ts";

/**
 * Every format that Pitwall reads or writes. `--format`, help, docs and detection read this table. Detection takes the
 * first format that accepts a file.
 */
export const formats: readonly Format[] = [
  mlperf,
  runJson,
  evaluationsCsv,
  htmlPage,
  parquet,
  tensorboard,
  mlflow,
  wandb,
  roundTable,
  dawnbench,
  speedrun,
];

export type ReadableFormat = Format & Required<Pick<Format, "read">>;
export type WritableFormat = Format & Required<Pick<Format, "write">>;

export function readableFormats(): ReadableFormat[] {
  return formats.filter((format): format is ReadableFormat => format.read !== undefined);
}

export function writableFormats(): WritableFormat[] {
  return formats.filter((format): format is WritableFormat => format.write !== undefined);
}

/** The formats with their summaries, for help. */
export function formatsHelp(list: readonly Format[]): string {
  return list.map(({ name, summary }) => `\`${name}\`: ${summary}`).join("; ");
}
