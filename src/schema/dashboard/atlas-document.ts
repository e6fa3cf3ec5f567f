import { z } from "zod";
import { resultRow } from "../atlas/result-row.ts";
import { resultRun } from "../atlas/result-run.ts";
import { roundManifest } from "../atlas/round-manifest.ts";
import { runCurve } from "../atlas/run-curve.ts";
import { accelerator } from "../catalogue.ts";

/** What an hour of one accelerator costs, US dollars, and who says so. */
export const acceleratorPrice = z.object({
  /** Name in accelerators.json. */
  accelerator: z.string(),
  usdPerHour: z.number().positive(),
  source: z.string(),
  date: z.string(),
});
export type AcceleratorPrice = z.output<typeof acceleratorPrice>;

/** Rounds of one benchmark whose results may be compared with each other. */
export const compatibilityEntry = z.object({
  benchmark: z.string(),
  group: z.number().int().positive(),
  firstRound: z.string(),
  lastRound: z.string(),
  /** Why it differs from the group before. */
  reason: z.string().optional(),
  source: z.string(),
});
export type CompatibilityEntry = z.output<typeof compatibilityEntry>;

/** Something about the data that the reader should know: a round that could not be read, and what to do. */
export const atlasProblem = z.object({
  code: z.string(),
  message: z.string(),
  hint: z.string().optional(),
});

/** GET /api/atlas: all results, published and own, and what is needed to measure them by. */
export const atlasDocument = z.object({
  rows: z.array(resultRow),
  accelerators: z.array(accelerator),
  prices: z.array(acceleratorPrice),
  compatibility: z.array(compatibilityEntry),
  rounds: z.array(roundManifest),
  problems: z.array(atlasProblem),
});
export type AtlasDocument = z.output<typeof atlasDocument>;

/** GET /api/atlas/row?rowId=…: one result in full. */
export const atlasRowDocument = z.object({
  row: resultRow,
  runs: z.array(resultRun),
  curves: z.array(runCurve),
});
export type AtlasRowDocument = z.output<typeof atlasRowDocument>;
