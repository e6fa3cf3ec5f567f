import type { ResultRow } from "../atlas/result-row.ts";

/** A published result, as plans see it. */
export type PublishedRow = Pick<
  ResultRow,
  | "rowId"
  | "suite"
  | "round"
  | "publishedOn"
  | "division"
  | "submitter"
  | "benchmark"
  | "compatibilityGroup"
  | "scaling"
  | "acceleratorCount"
  | "accelerator"
  | "scoreMs"
  | "energyJoules"
  | "energyLabel"
  | "globalBatchSize"
  | "precision"
  | "tensorParallel"
  | "pipelineParallel"
  | "contextParallel"
  | "expertParallel"
  | "repeats"
  | "source"
>;
