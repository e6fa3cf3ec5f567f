import { parquetWriteBuffer } from "hyparquet-writer";
import type { ExportedRun } from "../../schema/run/exported-run.ts";
import { runName } from "../../schema/run/request/run-name.ts";
import { type ValueRow, valueRows } from "../tracked/value-rows.ts";

/** Writes one row per value of a metric and of the telemetry. Unknown values are null. */
export function writePointsParquet(runs: readonly ExportedRun[]): Uint8Array[] {
  const rows = runs.flatMap((run) => valueRows(run).map((row) => ({ run, row })));
  const columnData = columns.map(({ name, type, isNullable, valueOf }) => ({
    name,
    type,
    nullable: isNullable,
    data: rows.map(({ run, row }) => valueOf(run, row) ?? null),
  }));
  return [new Uint8Array(parquetWriteBuffer({ columnData, createdBy: "pitwall" }))];
}

type Value = string | number | bigint | Date | undefined;

interface Column {
  name: string;
  type: "STRING" | "DOUBLE" | "INT64" | "TIMESTAMP";
  isNullable: boolean;
  valueOf: (run: ExportedRun, row: ValueRow) => Value;
}

const columns: readonly Column[] = [
  required("run", "STRING", ({ request }) => request.runId),
  required("series", "STRING", ({ request }) => request.series.id),
  required("name", "STRING", ({ request }) => runName(request)),
  required("seed", "INT64", ({ request }) => BigInt(request.seed)),
  required("metric", "STRING", (_, { metric }) => metric),
  optional("step", "INT64", (_, { step }) => (step === undefined ? undefined : BigInt(step))),
  optional("step_unit", "STRING", (_, { stepUnit }) => stepUnit),
  optional("samples", "DOUBLE", (_, { samplesCount }) => samplesCount),
  optional("epoch", "DOUBLE", (_, { epochNum }) => epochNum),
  required("clock_ms", "DOUBLE", (_, { clockMs }) => clockMs),
  required("time", "TIMESTAMP", (_, { timeMs }) => new Date(timeMs)),
  required("value", "DOUBLE", (_, { value }) => value),
  optional("target", "DOUBLE", (_, { target }) => target),
  required("kind", "STRING", (_, { kind }) => kind),
  optional("host", "STRING", (_, { host }) => host),
  optional("device", "STRING", (_, { device }) => device),
  optional("rank", "INT64", (_, { rank }) => (rank === undefined ? undefined : BigInt(rank))),
];

function required(name: string, type: Column["type"], valueOf: Column["valueOf"]): Column {
  return { name, type, isNullable: false, valueOf };
}

function optional(name: string, type: Column["type"], valueOf: Column["valueOf"]): Column {
  return { name, type, isNullable: true, valueOf };
}
