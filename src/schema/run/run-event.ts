import type { Finding } from "./finding.ts";
import type { RunProgress } from "./run-progress.ts";
import type { RunRequest } from "./run-request.ts";
import type { Evaluation } from "./run-result.ts";
import type { RunChecklist } from "./run-checklist.ts";
import type { RunReport, SeriesSummary } from "./series-summary.ts";

/** Why a run is being stopped. */
export type StopReason = "target" | "max-time" | "max-cost" | "max-samples" | "interrupt";

/** What a series of runs tells as it goes: the progress line, the dashboard and tests read the same stream. */
export type RunEvent =
  | { kind: "created"; request: RunRequest; directory: string }
  | { kind: "launched"; runId: string; pid: number }
  | { kind: "clock-started"; runId: string; by: "launch" | "run_start" | "pattern" }
  | { kind: "evaluation"; runId: string; evaluation: Evaluation }
  | { kind: "target-reached"; runId: string; value: number; samplesCount: number | undefined }
  | { kind: "stopping"; runId: string; reason: StopReason }
  | { kind: "output"; runId: string; bytes: Uint8Array }
  | { kind: "progress"; progress: RunProgress }
  | { kind: "warning"; runId: string; finding: Finding }
  /** How the log stands against the rules, when that changes; at most four times a second, and once it is over. */
  | { kind: "checklist"; runId: string; checklist: RunChecklist }
  | { kind: "finished"; report: RunReport; lastLines: readonly string[] }
  | { kind: "series-finished"; summary: SeriesSummary; runs: readonly RunReport[] };
