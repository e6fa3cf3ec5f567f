import type { PriceEntry } from "../../schema/catalogue.ts";
import { type ColumnKind, curveColumns, rowColumns, runColumns } from "../results/result-tables.ts";

const text = { type: "STRING", isRequired: false } as const;
const count = { type: "INT32", isRequired: false } as const;
const amount = { type: "DOUBLE", isRequired: false } as const;

const priceColumns = {
  provider: text,
  instance: text,
  accelerator: text,
  acceleratorLabel: text,
  acceleratorCount: count,
  onDemandUsdPerHour: amount,
  spotUsdPerHour: amount,
  region: text,
  date: text,
  asOf: text,
  source: text,
  status: text,
  note: text,
} as const satisfies Record<keyof PriceEntry, ColumnKind>;

const acceleratorColumns = {
  name: text,
  vendor: text,
  year: count,
  fp32FlopPerSecond: amount,
  tf32FlopPerSecond: amount,
  bf16FlopPerSecond: amount,
  fp16FlopPerSecond: amount,
  fp8FlopPerSecond: amount,
  fp4FlopPerSecond: amount,
  memoryBytes: amount,
  memoryBytesPerSecond: amount,
  scaleUpBytesPerSecond: amount,
  scaleUpCount: count,
  networkBytesPerSecond: amount,
  powerLimitWatts: amount,
  aliases: text,
  status: text,
  source: text,
  note: text,
} as const satisfies Record<string, ColumnKind>;

/** All tables that can be queried, with their columns. The same names as in the Parquet files and in `--json`. */
export const sqlColumns = {
  results: rowColumns,
  runs: runColumns,
  curves: curveColumns,
  prices: priceColumns,
  accelerators: acceleratorColumns,
} as const;
