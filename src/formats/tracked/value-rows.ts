import type { ExportedRun } from "../../schema/run/exported-run.ts";
import { targetsOf } from "../../schema/run/outcome/targets-of.ts";
import { clockStartMs, type MetricPoint, metricPoints, type StepUnit } from "./metric-points.ts";
import { type TelemetryPoint, telemetryPoints } from "./telemetry-points.ts";

/** One value of a run, as a row of a table. */
export interface ValueRow {
  /** `metric`: read from the output; `system` and `step`: telemetry of a host or a rank. */
  kind: "metric" | "system" | "step";
  metric: string;
  host: string | undefined;
  /** An accelerator or a meter. */
  device: string | undefined;
  rank: number | undefined;
  step: number | undefined;
  stepUnit: StepUnit | undefined;
  samplesCount: number | undefined;
  epochNum: number | undefined;
  clockMs: number;
  timeMs: number;
  value: number;
  /** Of the metric. */
  target: number | undefined;
}

/** All values of a run: metrics, then telemetry. */
export function valueRows(run: ExportedRun): ValueRow[] {
  const targets = new Map(targetsIn(run).map(({ metric, value }) => [metric, value]));
  const startMs = clockStartMs(run);
  return [
    ...metricPoints(run).map((point) => metricRow(point, targets.get(point.metric))),
    ...telemetryPoints(run.telemetry).map((point) => telemetryRow(point, startMs)),
  ];
}

function metricRow(point: MetricPoint, target: number | undefined): ValueRow {
  return {
    kind: "metric",
    host: undefined,
    device: undefined,
    rank: undefined,
    ...point,
    target,
  };
}

function telemetryRow({ series, ...point }: TelemetryPoint, startMs: number): ValueRow {
  const isOfRank = series.kind === "step";
  return {
    kind: series.kind,
    metric: series.name,
    host: isOfRank ? undefined : series.host,
    device: isOfRank ? undefined : series.device,
    rank: isOfRank ? series.rank : undefined,
    ...point,
    stepUnit: isOfRank ? "steps" : undefined,
    epochNum: undefined,
    clockMs: point.timeMs - startMs,
    target: undefined,
  };
}

/** A program may state its target itself. */
function targetsIn({ request, result }: ExportedRun): ReturnType<typeof targetsOf> {
  return targetsOf({ ...request, target: result?.target ?? request.target });
}
