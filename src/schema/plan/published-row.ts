import type { ResultRow } from "../atlas/results/result-row.ts";

const publishedFields = [
  "rowId",
  "suite",
  "round",
  "publishedOn",
  "division",
  "submitter",
  "benchmark",
  "compatibilityGroup",
  "scaling",
  "acceleratorCount",
  "accelerator",
  "scoreMs",
  "energyJoules",
  "energyLabel",
  "globalBatchSize",
  "precision",
  "tensorParallel",
  "pipelineParallel",
  "contextParallel",
  "expertParallel",
  "repeats",
  "source",
] as const satisfies readonly (keyof ResultRow)[];

/** A published result, as plans see it. */
export type PublishedRow = Pick<ResultRow, (typeof publishedFields)[number]>;

/** The row without the fields that plans do not use. */
export function publishedRowOf(row: PublishedRow): PublishedRow {
  // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the entries are those of the type; `fromEntries` loses their names
  return Object.fromEntries(publishedFields.map((field) => [field, row[field]])) as PublishedRow;
}
