import type { CurveSeries } from "../../schema/atlas/results/run-curve.ts";
import type { ResultRow } from "../../schema/atlas/results/result-row.ts";
import type { ResultRun } from "../../schema/atlas/results/result-run.ts";

/** How a column is stored: the Parquet type, and whether every line has a value. */
export interface ColumnKind {
  type: "STRING" | "INT32" | "FLOAT" | "DOUBLE";
  isRequired: boolean;
  /** The value of every line of a file that was written before the column existed. */
  whenColumnMissing?: string;
}

export type ColumnTable = Readonly<Record<string, ColumnKind>>;

const text = { type: "STRING", isRequired: true } as const;
const maybeText = { type: "STRING", isRequired: false } as const;
const count = { type: "INT32", isRequired: true } as const;
const maybeCount = { type: "INT32", isRequired: false } as const;
const amount = { type: "DOUBLE", isRequired: true } as const;
const maybeAmount = { type: "DOUBLE", isRequired: false } as const;

/** Columns of rows.parquet. */
export const rowColumns = {
  rowId: text,
  suite: text,
  round: text,
  publishedOn: maybeText,
  division: maybeText,
  availability: maybeText,
  submitter: text,
  system: text,
  systemName: maybeText,
  benchmark: text,
  benchmarkAsPublished: text,
  compatibilityGroup: count,
  scaling: text,
  edition: maybeText,
  nodeCount: maybeCount,
  acceleratorCount: maybeCount,
  processorCount: maybeCount,
  accelerator: maybeText,
  acceleratorFamily: maybeText,
  acceleratorAsPublished: maybeText,
  framework: maybeText,
  runCount: count,
  convergedRunCount: count,
  scoreMs: maybeAmount,
  scoreKind: { ...text, whenColumnMissing: "score" },
  unscaledMs: maybeAmount,
  scalingFactor: amount,
  fastestMs: maybeAmount,
  medianMs: maybeAmount,
  slowestMs: maybeAmount,
  samplesToConverge: maybeAmount,
  samplesUnit: maybeText,
  rcpOutcome: maybeText,
  globalBatchSize: maybeAmount,
  precision: maybeText,
  tensorParallel: maybeCount,
  pipelineParallel: maybeCount,
  contextParallel: maybeCount,
  expertParallel: maybeCount,
  layoutSource: maybeText,
  energyJoules: maybeAmount,
  inRunEnergyJoules: maybeAmount,
  energyLabel: maybeText,
  statedCostUsd: maybeAmount,
  modelCount: maybeCount,
  modelsPerMinute: maybeAmount,
  repeats: maybeText,
  source: text,
  note: maybeText,
} as const satisfies Record<keyof ResultRow, ColumnKind>;

/** Columns of runs.parquet. */
export const runColumns = {
  rowId: text,
  run: text,
  fate: text,
  failure: maybeText,
  timeToTrainMs: maybeAmount,
  samplesToConverge: maybeAmount,
  seed: maybeAmount,
  joules: maybeAmount,
  initMs: maybeAmount,
} as const satisfies Record<keyof ResultRun, ColumnKind>;

/** One point of a curve: one line of curves.parquet. */
export interface CurvePoint {
  rowId: string;
  run: string;
  series: CurveSeries;
  metricName: string;
  /** Of the complete series, before thinning. */
  pointCount: number;
  /** Milliseconds since `run_start`, rounded to the millisecond. */
  clockMs: number;
  value: number;
  samples: number | undefined;
}

/** Columns of curves.parquet. A FLOAT preserves the six digits of thinned points. */
export const curveColumns = {
  rowId: text,
  run: text,
  series: text,
  metricName: text,
  pointCount: count,
  clockMs: count,
  value: { type: "FLOAT", isRequired: true },
  samples: { type: "FLOAT", isRequired: false },
} as const satisfies Record<keyof CurvePoint, ColumnKind>;
