import { z } from "zod";
import { compatibilityGroup } from "../atlas/answers/compatibility.ts";
import { resultRow } from "../atlas/results/result-row.ts";
import { resultRun } from "../atlas/results/result-run.ts";
import { roundManifest } from "../atlas/rounds/round-manifest.ts";
import { runCurve } from "../atlas/results/run-curve.ts";
import { accelerator } from "../catalogue.ts";

/** The price of one accelerator hour in US dollars, with its source: the JSON form of `AcceleratorPrice`. */
const acceleratorPriceDocument = z.object({
  /** Name in accelerators.json. */
  accelerator: z.string(),
  usdPerHour: z.number().positive(),
  /** Minimum and maximum of the prices that this median is from. */
  lowUsdPerHour: z.number().positive(),
  highUsdPerHour: z.number().positive(),
  providers: z.array(z.string()),
  date: z.string(),
  source: z.string(),
  origin: z.enum(["catalogue", "given"]),
});

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
  prices: z.array(acceleratorPriceDocument),
  compatibility: z.array(compatibilityGroup),
  rounds: z.array(roundManifest),
  problems: z.array(atlasProblem),
  /** Benchmarks with reference convergence points. */
  referenceBenchmarks: z.array(z.string()),
});
export type AtlasDocument = z.output<typeof atlasDocument>;

/** GET /api/atlas/row?rowId=…: one result in full. */
export const atlasRowDocument = z.object({
  row: resultRow,
  runs: z.array(resultRun),
  curves: z.array(runCurve),
  /** Own runs: the quality that ended the clock, `accuracy >= 0.99`. */
  target: z.string().optional(),
  /** Published results: what the benchmark measures, and the target in that round: `<= 2.69`. */
  quality: z.object({ metric: z.string(), target: z.string() }).optional(),
});
export type AtlasRowDocument = z.output<typeof atlasRowDocument>;
