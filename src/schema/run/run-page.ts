import type { JobRanks } from "./hosts/job-ranks.ts";
import type { Ledger } from "./measured/ledger.ts";
import type { LifecycleEvent } from "./events/lifecycle-event.ts";
import type { SignatureCheck } from "./record-signature.ts";
import type { MetricCurve } from "./measured/metric-curve.ts";
import type { TargetStanding } from "./outcome/metric-target.ts";
import type { RunRequest } from "./request/run-request.ts";
import type { Evaluation, RunResult } from "./outcome/run-result.ts";
import type { RunChecklist } from "./outcome/run-checklist.ts";
import type { RunRules } from "./outcome/run-rules.ts";
import type { PlanComparison } from "../plan/plan-comparison.ts";

/** Everything recorded about one run, for display. */
export interface RunPage {
  directory: string;
  request: RunRequest;
  result: RunResult | undefined;
  state:
    | { kind: "finished" }
    | { kind: "running"; owner: "here" | "elsewhere" }
    | { kind: "abandoned" };
  /** The progress of the run, read from its log; equal to the result if there is one. */
  progress: {
    evaluations: readonly Evaluation[];
    /** The exact number, also if `evaluations` does not contain all of them. */
    evaluationCount: number;
    best: number | undefined;
    /** Each target; present if there are several, or if a target is met by several evaluations. */
    targets?: readonly TargetStanding[];
    samplesCount: number | undefined;
  };
  /** Of the metrics other than that of the first target. */
  curves: readonly MetricCurve[];
  events: readonly LifecycleEvent[];
  job: JobRanks;
  /** The rule status of the log, evaluated again; no verdict during the run. */
  rules: RunRules | undefined;
  checklist: RunChecklist;
  /** Whether the record is unchanged since it was written. */
  integrity: RecordIntegrity;
  /** Differences between result.json and the verdict from log and events. */
  verdictDifferences: readonly VerdictDifference[];
  /** How far the plan of the run was off; present for a finished run with a plan. */
  planComparison?: PlanComparison;
  /** Where its time went; present for a finished run that is restarted after failures. */
  ledger?: Ledger;
  /** The record is intact and long: its verdict was not computed again. */
  verdictIsAsSealed?: boolean;
}

/** A field of result.json that log and events contradict. */
export interface VerdictDifference {
  field: string;
  /** As JSON, or `absent`. */
  recorded: string;
  recomputed: string;
}

export type RecordIntegrity =
  /** All files, including result.json, match the closing event of the chain. */
  | { kind: "intact"; fileCount: number; signature: SignatureCheck }
  /**
   * The files match result.json, and nothing covers result.json itself: Pitwall ended before it wrote
   * the closing event, or was version 0.1.0, which wrote none.
   */
  | { kind: "result-not-sealed"; fileCount: number; reason: "no-closing-event" | "old-version" }
  /** No result yet: only the chain of events was checked, and it is valid. */
  | { kind: "unsealed"; tornLine: boolean }
  | { kind: "chain-broken"; line: number; reason: string }
  | { kind: "files-changed"; files: readonly string[] }
  | { kind: "signature-invalid"; reason: string };
