import type { Summary } from "../../../foundation/numbers/statistics.ts";
import type { EnergyReading } from "../measured/energy.ts";
import type { Finding } from "../findings/finding.ts";
import type { MetricTarget, TargetWindow } from "./metric-target.ts";
import type { Price } from "../request/price.ts";
import type { RunRequest } from "../request/run-request.ts";
import type { RunResult } from "./run-result.ts";
import type { SeriesStop } from "../request/series-stop.ts";

/** A run in its record: the request, and the verdict if there is one. */
export interface RunReport {
  request: RunRequest;
  result: RunResult;
}

/** A benchmark result by MLPerf's rule: the fastest and the slowest run dropped, the rest averaged. */
export type OlympicMean =
  | {
      kind: "scored";
      meanMs: number;
      /** Dropped from the fast end. */
      droppedFastest: string[];
      /** Dropped from the slow end; runs that did not converge come first. */
      droppedSlowest: string[];
      countedRuns: string[];
    }
  | { kind: "too-few-runs"; have: number; need: number }
  | { kind: "too-few-converged"; unconverged: string[]; allowed: number };

/**
 * The score of a series by MLPerf's rule. A series with missing runs has no score: a missing run could
 * have been the slowest.
 */
export type SeriesScore =
  | OlympicMean
  /** Runs that continued a training from a checkpoint, by id: their times are not those of whole trainings. */
  | { kind: "resumed"; resumed: string[] }
  | {
      kind: "incomplete";
      /** Runs that ended on their own or at a limit. */
      have: number;
      /** Runs that were requested. */
      need: number;
      /** Runs that were interrupted, by id; `pitwall run --resume` repeats their seeds. */
      interrupted: string[];
    };

/** Runs on record that a score does not count. */
export interface UncountedRuns {
  count: number;
  billedMs: number;
  /** Absent without a price. */
  billedUsd?: number;
}

/** Several runs of one workload, scored together. */
export interface SeriesSummary {
  seriesId: string;
  name: string;
  target: MetricTarget | undefined;
  furtherTargets?: readonly MetricTarget[];
  targetWindow?: TargetWindow;
  /** Runs with a result, interrupted ones included; without warm-ups and retried attempts. */
  runCount: number;
  /** Runs with a result that were not interrupted: those that are scored. */
  completedCount: number;
  reachedCount: number;
  /** Runs before the series; neither counted nor part of any other figure of this summary. Absent without `--warmup`. */
  warmup?: UncountedRuns;
  /** Attempts that died and were started again; part of `cost`, `energy` and `billedMs`. Absent if there are none. */
  retried?: UncountedRuns;
  score: SeriesScore;
  /** Present where the command that ran the series ended it early. */
  stop?: SeriesStop;
  /** Over the runs that reached the target; absent if none did. */
  timeToTrainMs: Summary | undefined;
  samplesToTarget: Summary | undefined;
  samplesPerSecond: Summary | undefined;
  /** Total of all runs in US dollars; absent without a price. */
  cost: { billedUsd: number; trainingUsd: number; price: Price; unitCount: number } | undefined;
  /** Of all runs together, one entry for each meter or formula. */
  energy: EnergyReading[];
  billedMs: number;
  /** Findings about the series. */
  findings: Finding[];
}
