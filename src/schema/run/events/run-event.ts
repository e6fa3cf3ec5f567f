import type { StagedData } from "../request/data-set.ts";
import type { Finding } from "../findings/finding.ts";
import type { LaunchSummary } from "../hosts/launch-summary.ts";
import type { Scheduler } from "../hosts/launch-target.ts";
import type { LaunchedRank, Place } from "../hosts/rank.ts";
import type { AttemptFault, RecoveryDecision } from "./recovery.ts";
import type { RunProgress } from "../run-progress.ts";
import type { RunRequest } from "../request/run-request.ts";
import type { Evaluation } from "../outcome/run-result.ts";
import type { RunChecklist } from "../outcome/run-checklist.ts";
import type { SilenceChange } from "../findings/silence.ts";
import type { RunReport, SeriesSummary } from "../outcome/series-summary.ts";

/** Why a run is being stopped. */
export type StopReason =
  | "target"
  | "max-time"
  | "max-cost"
  | "max-samples"
  /** The target's metric was not a number several times in a row. */
  | "not-a-number"
  | "interrupt"
  /** SIGTERM, for a run that can be continued later. */
  | "preemption"
  | "failure";

/** How the process of a rank ended. */
export type RankExit = { exitCode: number } | { signal: string };

/** The events of a series of runs, in order: the progress line, the dashboard and tests read the same stream. */
export type RunEvent =
  /** Before the first run, unless it is one process on this machine. */
  | { kind: "planned"; summary: LaunchSummary }
  | { kind: "created"; request: RunRequest; directory: string }
  /** Processes of an earlier run, which had ended without this host, were ended there. */
  | { kind: "reaped"; host: string; runId: string; processCount: number }
  /** Data is brought to a host, or to this machine before that. */
  | {
      kind: "staging";
      runId: string;
      name: string;
      host?: string;
      step: "fetch" | "checksum" | "send" | "check" | "wait";
      doneBytes: number;
      totalBytes?: number;
    }
  | { kind: "staged"; runId: string; data: StagedData }
  | { kind: "preparing"; request: RunRequest }
  /** The job waits in the queue of a scheduler; emitted again and again. */
  | {
      kind: "queued";
      runId: string;
      scheduler: Scheduler;
      jobId: string;
      queuedForMs: number;
      reason: string | undefined;
    }
  | {
      kind: "launched";
      runId: string;
      hosts: readonly string[];
      ranks: readonly LaunchedRank[];
    }
  /** All output that was stored before Pitwall attached to the run has been read. */
  | { kind: "caught-up"; runId: string }
  | { kind: "clock-started"; runId: string; by: "launch" | "run_start" | "pattern" }
  /** Of the metric of one of the targets. */
  | { kind: "evaluation"; runId: string; metric: string; evaluation: Evaluation }
  | { kind: "target-reached"; runId: string; value: number; samplesCount: number | undefined }
  | { kind: "stopping"; runId: string; reason: StopReason }
  /** Whole lines of one rank. */
  | ({
      kind: "output";
      runId: string;
      stream: "stdout" | "stderr";
      bytes: Uint8Array;
    } & Place)
  | ({ kind: "rank-exited"; runId: string; exit: RankExit } & Place)
  | { kind: "host-lost"; runId: string; host: string; reason: string }
  | { kind: "ended-by-scheduler"; runId: string; state: string; reason: string }
  /** An unexpected silence began or ended. */
  | { kind: "silence"; runId: string; change: SilenceChange }
  /** An attempt failed, and its job is started again. */
  | {
      kind: "restarting";
      runId: string;
      /** Of the next attempt. */
      attempt: number;
      fault: AttemptFault;
      decision: RecoveryDecision;
    }
  /** The run made way, and `pitwall attach` starts this attempt of its job; its record stays open. */
  | { kind: "made-way"; runId: string; attempt: number }
  | { kind: "gave-up"; runId: string; fault: AttemptFault; decision: RecoveryDecision }
  | { kind: "progress"; progress: RunProgress }
  | { kind: "warning"; runId: string; finding: Finding }
  /** The rule status of the log, when it changes (at most four times per second) and at the end. */
  | { kind: "checklist"; runId: string; checklist: RunChecklist }
  | { kind: "finished"; report: RunReport; lastLines: readonly string[] }
  | { kind: "series-finished"; summary: SeriesSummary; runs: readonly RunReport[] };
