import { z } from "zod";
import { benchmarkAlias } from "../atlas/rounds/benchmark-alias.ts";
import { benchmarkFacts } from "../atlas/rounds/benchmark-facts.ts";
import { resultRow } from "../atlas/results/result-row.ts";
import { suites } from "../atlas/results/result-words.ts";

// The `result` of the JSON documents about rounds and benchmarks. What is unknown is absent.

const texts = z.array(z.string());

export const roundsDocument = z.strictObject({
  rounds: z.array(
    z.strictObject({
      suite: z.enum(suites),
      round: z.string(),
      publishedOn: z.string().optional(),
      resultCount: z.number().int(),
      closedCount: z.number().int(),
      openCount: z.number().int(),
      submitters: z.array(z.strictObject({ submitter: z.string(), resultCount: z.number().int() })),
      systemCount: z.number().int(),
      benchmarks: texts,
      /** Compared with the previous round of the suite. */
      newBenchmarks: texts,
      goneBenchmarks: texts,
      /** The fastest results so far under the same rules; `previous` is the record that was beaten. */
      records: z.array(z.strictObject({ row: resultRow, previous: resultRow.optional() })),
      /** Accelerators without a result in earlier rounds of the suite. */
      newAccelerators: texts,
      largest: resultRow.optional(),
      /** Among results whose accelerators are not counted. */
      largestByNodes: resultRow.optional(),
    }),
  ),
});

const benchmarkLink = z.strictObject({
  benchmark: z.string(),
  firstRound: z.string().optional(),
  lastRound: z.string().optional(),
});

export const benchmarksDocument = z.strictObject({
  aliases: z.array(benchmarkAlias),
  benchmarks: z.array(
    z.strictObject({
      suite: z.enum(suites),
      benchmark: z.string(),
      facts: benchmarkFacts.optional(),
      aliases: texts,
      rounds: texts,
      resultCount: z.number().int(),
      predecessor: benchmarkLink.optional(),
      successor: benchmarkLink.optional(),
      bestOfRounds: z.array(z.strictObject({ row: resultRow, isRecord: z.boolean() })),
    }),
  ),
});
