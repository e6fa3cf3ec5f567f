import { parquetWriteBuffer } from "hyparquet-writer";
import { runName } from "../../schema/run/run-name.ts";
import type { RunPage } from "../../schema/run/run-page.ts";
import { type MetricPoint, metricPoints, stepUnitOf } from "../tracked/metric-points.ts";

/** Writes one row per value of a metric, a run at a time. Unknown values are null. */
export function writePointsParquet(runs: readonly RunPage[]): Uint8Array[] {
  const rows = runs.flatMap((page) => metricPoints(page).map((point) => ({ page, point })));
  const columnData = columns.map(({ name, type, isNullable, valueOf }) => ({
    name,
    type,
    nullable: isNullable,
    data: rows.map(({ page, point }) => valueOf(page, point) ?? null),
  }));
  return [new Uint8Array(parquetWriteBuffer({ columnData, createdBy: "pitwall" }))];
}

type Value = string | number | bigint | Date | undefined;

interface Column {
  name: string;
  type: "STRING" | "DOUBLE" | "INT64" | "TIMESTAMP";
  isNullable: boolean;
  valueOf: (page: RunPage, point: MetricPoint) => Value;
}

const columns: readonly Column[] = [
  required("run", "STRING", ({ request }) => request.runId),
  required("series", "STRING", ({ request }) => request.series.id),
  required("name", "STRING", ({ request }) => runName(request)),
  required("seed", "INT64", ({ request }) => BigInt(request.seed)),
  required("metric", "STRING", (_, { metric }) => metric),
  required("step", "INT64", (_, { step }) => BigInt(step)),
  required("step_unit", "STRING", stepUnitOf),
  optionalNumber("samples", (_, { samplesCount }) => samplesCount),
  optionalNumber("epoch", (_, { epochNum }) => epochNum),
  required("clock_ms", "DOUBLE", (_, { clockMs }) => clockMs),
  required("time", "TIMESTAMP", (_, { timeMs }) => new Date(timeMs)),
  required("value", "DOUBLE", (_, { value }) => value),
  optionalNumber("target", ({ request, result }, { metric }) => {
    const target = result?.target ?? request.target;
    return target?.metric === metric ? target.value : undefined;
  }),
];

function required(name: string, type: Column["type"], valueOf: Column["valueOf"]): Column {
  return { name, type, isNullable: false, valueOf };
}

function optionalNumber(name: string, valueOf: Column["valueOf"]): Column {
  return { name, type: "DOUBLE", isNullable: true, valueOf };
}
