import type { BenchmarkFacts } from "./benchmark-facts.ts";
import type { ResultRow, Suite } from "../results/result-row.ts";

/** The fastest result of a benchmark up to and including its round. */
export interface RoundRecord {
  row: ResultRow;
  /** The record that it beat; absent for the first result under the same rules. */
  previous: ResultRow | undefined;
}

/** One round of a suite. */
export interface RoundSummary {
  suite: Suite;
  round: string;
  publishedOn: string | undefined;
  resultCount: number;
  closedCount: number;
  openCount: number;
  /** In alphabetical order, with their number of results. */
  submitters: readonly { submitter: string; resultCount: number }[];
  systemCount: number;
  benchmarks: readonly string[];
  /** Benchmarks that the previous round of the suite did not have; empty for the first round. */
  newBenchmarks: readonly string[];
  /** Benchmarks of the previous round that this one does not have. */
  goneBenchmarks: readonly string[];
  records: readonly RoundRecord[];
  /** Accelerators without a result in earlier rounds of the suite. */
  newAccelerators: readonly string[];
  /** The result with the most accelerators. */
  largest: ResultRow | undefined;
  /** The result with the most nodes among those whose accelerators are not counted. */
  largestByNodes: ResultRow | undefined;
}

/** A benchmark, and its results over the rounds. */
export interface BenchmarkSummary {
  suite: Suite;
  benchmark: string;
  facts: BenchmarkFacts | undefined;
  /** Other names that rounds published it under. */
  aliases: readonly string[];
  /** Rounds with results, in order. */
  rounds: readonly string[];
  resultCount: number;
  predecessor: BenchmarkLink | undefined;
  successor: BenchmarkLink | undefined;
  /** The fastest result of each round, in order. */
  bestOfRounds: readonly BestOfRound[];
}

export interface BenchmarkLink {
  benchmark: string;
  /** Absent if no results are on record. */
  firstRound: string | undefined;
  lastRound: string | undefined;
}

export interface BestOfRound {
  row: ResultRow;
  /** Faster than every result of earlier rounds under the same rules. */
  isRecord: boolean;
}
