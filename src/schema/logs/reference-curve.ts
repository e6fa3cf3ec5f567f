import { z } from "zod";
import type { JsonValue } from "../../foundation/json.ts";
import { editionAssumption } from "./edition-assumption.ts";

const json: z.ZodType<JsonValue> = z.json();

/** What the reference implementation needed to converge at one batch size. Amounts are in the unit of the curve. */
const referenceCurvePoint = z.strictObject({
  name: z.string(),
  globalBatchSize: z.number(),
  /** One per reference run, ascending. */
  amounts: z.array(z.number()),
  /** Without the runs that the rules drop. */
  mean: z.number(),
  standardDeviation: z.number(),
  /** False if the check drops the point, because its neighbors converge faster. */
  isUsed: z.boolean(),
  /** What the runs of a submission must need on average; absent if the check covers no such batch size. */
  smallestAcceptableMean: z.number().optional(),
  hyperparameters: z.record(z.string(), json),
});

/** One result beside the reference. */
const submittedPoint = z.strictObject({
  folder: z.string(),
  globalBatchSize: z.number(),
  /** Of the runs that converged. */
  amounts: z.array(z.number()),
  /** Without dropped runs; absent if too few runs converged. */
  mean: z.number().optional(),
  smallestAcceptableMean: z.number().optional(),
  outcome: z.enum(["passes", "converges-too-fast", "too-few-converged", "no-reference"]),
});
export type SubmittedPoint = z.output<typeof submittedPoint>;

/** Samples to converge by batch size: MLPerf's reference convergence points of one benchmark in one edition. */
export const referenceCurve = z.strictObject({
  edition: z.string(),
  benchmark: z.string(),
  unit: z.enum(["epochs", "samples", "steps", "tokens"]),
  /** Ascending by batch size. */
  points: z.array(referenceCurvePoint).min(1),
  /** What the check compares with, from the smallest to the largest batch size used: linear between points. */
  checked: z.array(
    z.strictObject({
      globalBatchSize: z.number(),
      referenceMean: z.number(),
      smallestAcceptableMean: z.number(),
    }),
  ),
  submitted: z.array(submittedPoint),
  /** Editions with references of this benchmark, oldest first. */
  editions: z.array(z.string()),
  /** The round of the compared logs, where they do not state it. */
  assumedEdition: editionAssumption.optional(),
});
export type ReferenceCurve = z.output<typeof referenceCurve>;
