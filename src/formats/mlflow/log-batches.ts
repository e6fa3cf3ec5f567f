import type { MlflowEntry, MlflowMetric, MlflowRun } from "./mlflow-run.ts";

/** The body of a `runs/log-batch` request, without the run's id. */
export interface LogBatch {
  metrics?: readonly Metric[];
  params?: readonly MlflowEntry[];
  tags?: readonly MlflowEntry[];
}

type Metric = Omit<MlflowMetric, "value"> & { value: number | string };

const maximumMetricCount = 1000;
const maximumEntryCount = 100;

/** The values of a run in requests that are within MLflow's limits on their size. */
export function logBatches({ metrics, params, tags }: MlflowRun): LogBatch[] {
  return [
    ...pieces(params, maximumEntryCount).map((piece) => ({ params: piece })),
    ...pieces(tags, maximumEntryCount).map((piece) => ({ tags: piece })),
    ...pieces(metrics, maximumMetricCount).map((piece) => ({ metrics: piece.map(jsonMetric) })),
  ];
}

/** JSON has no NaN and no infinity; protobuf's JSON form writes them as text. */
function jsonMetric({ value, ...metric }: MlflowMetric): Metric {
  return { ...metric, value: Number.isFinite(value) ? value : String(value) };
}

function pieces<Item>(items: readonly Item[], size: number): Item[][] {
  const count = Math.ceil(items.length / size);
  return Array.from({ length: count }, (_, index) => items.slice(index * size, (index + 1) * size));
}
