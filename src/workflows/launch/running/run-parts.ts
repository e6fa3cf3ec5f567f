import type { Probe } from "../../../probe/start-probe.ts";
import type { RunRequest } from "../../../schema/run/request/run-request.ts";
import type { StopAfter } from "../../../score/series/series-stop.ts";
import type { RunWriter } from "../../../store/records/run-store.ts";
import type { EarlierAttempts } from "../../recovery/earlier-attempts.ts";
import type { JobAttempts } from "../../recovery/job-attempts.ts";
import type { JobRecovery } from "../../recovery/recover-job.ts";
import type { MetricFiles } from "../metric-files/metric-files.ts";

/** What a run in progress consists of. */
export interface RunParts {
  request: RunRequest;
  probe: Probe;
  job: JobAttempts;
  /** Starts the job again after a failure; absent: a failure ends the run. */
  recovery?: JobRecovery | undefined;
  writer: RunWriter;
  files: MetricFiles | undefined;
  earlierCrossingsMs: readonly number[];
  stopAfter: StopAfter;
  /** How long data was staged, the command of `--prepare` ran, and the job was queued, where that happened. */
  waits: Readonly<Record<"prepareMs" | "dataMs" | "queuedMs", number | undefined>>;
  /** Whether the job was started by an earlier process, whose output is read again first. */
  isAttached?: boolean | undefined;
  /** Of a run that was restarted before this process began to follow it. */
  earlier?: EarlierAttempts | undefined;
  nowMs: () => number;
}
