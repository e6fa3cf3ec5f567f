import { z } from "zod";
import { suites } from "../results/result-words.ts";

/** What a benchmark trains, to which quality, and which benchmark replaced it. */
export const benchmarkFacts = z.strictObject({
  suite: z.enum(suites),
  /** The current name. */
  benchmark: z.string(),
  /** The model. */
  name: z.string(),
  task: z.string(),
  /** Absent if it is not on record. */
  dataSet: z.string().optional(),
  metric: z.string(),
  /** In order of rounds; each holds until the next. */
  targets: z.array(z.strictObject({ firstRound: z.string(), target: z.string() })).min(1),
  /** The benchmark that this one replaced. */
  predecessor: z.string().optional(),
  /** The benchmark that replaced this one. */
  successor: z.string().optional(),
  note: z.string().optional(),
  source: z.string(),
});
export type BenchmarkFacts = z.output<typeof benchmarkFacts>;
export const benchmarkFactsList = z.strictObject({ entries: z.array(benchmarkFacts) });
export type BenchmarkFactsList = z.output<typeof benchmarkFactsList>;
